"""Which sites this application lets nobody link to unseen."""

from flask import Flask, current_app

from lti_app.core.resources import resource
from lti_app.discussion.integrity.rules.content import read_sites

SELLERS = "colloquy.essay_sellers"


def init_screening(app: Flask, more: str) -> None:
    """Read the list that ships with us, and what an operator adds to it."""
    shipped = resource("config", "essay_sellers.txt").read_text(encoding="utf-8")
    app.extensions[SELLERS] = read_sites(shipped) | read_sites(more)


def essay_sellers() -> frozenset[str]:
    """The ones of this application."""
    found: frozenset[str] = current_app.extensions[SELLERS]
    return found
