"""The storage for uploaded files of this application, and the size limits."""

from flask import Flask, current_app

from lti_app.library.files.ports import Storage
from lti_app.library.files.rules import Limits

STORAGE = "colloquy.storage"
LIMITS = "colloquy.file_limits"


def init_storage(app: Flask, storage: Storage, limits: Limits) -> None:
    """Tell the application."""
    app.extensions[STORAGE] = storage
    app.extensions[LIMITS] = limits


def storage() -> Storage:
    """The one of this application."""
    found: Storage = current_app.extensions[STORAGE]
    return found


def limits() -> Limits:
    """The ones of this application."""
    found: Limits = current_app.extensions[LIMITS]
    return found
