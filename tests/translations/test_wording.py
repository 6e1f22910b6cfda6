"""The words on screens: plain ones, those of CONTRIBUTING's table, and the same in every catalogue's glossary."""

import re
from collections.abc import Iterator
from functools import cache

import click
import pytest
from babel.messages.pofile import read_po

from lti_app.cli import cli
from lti_app.practice_lms.__main__ import main as practice_lms
from lti_app.practice_lms.demo import main as demo
from lti_app.practice_lms.journal import STEPS
from lti_app.translations import catalogues

ROOT = catalogues.PACKAGE.parent
LANGUAGES = sorted(path.parent.parent.name for path in catalogues.HERE.glob("*/LC_MESSAGES/messages.po"))
ROW = re.compile(r"^\| (?P<say>[^|]+) \| (?P<avoid>[^|]*)\|$", re.MULTILINE)
JINJA = re.compile(r"\{[{%#].*?[}%#]\}", re.DOTALL)
TAGS = re.compile(r"<[^>]*>")
ODD = (
    r"whoever|whatever (teachers|is)|somebody|by now|(threads?|views?|ends?|dates?|page|entities) of (its|their) own",
    r"it (holds|stands)\b|holds at once|used up|nothing waits|meanwhile|\banew\b",
    r"what was (done|found|odd)|makes no sense",
    r"a fault of its own|asked for is|not yet and|\bparted by\b|did not do",
)
"""Turns of phrase that nobody says aloud."""
BRITISH = (
    r"\b\w*(colour|behaviour|favour|organis|recognis|capitalis|summaris|licence|catalogue|cancelled|towards|centre)"
)
WORD_LISTS = re.compile(r"^agree agreed agreeing ")
"""Not a sentence: the words by which a reply that only agrees is recognized."""


@cache
def sentences() -> tuple[str, ...]:
    """Every English sentence of the catalogue."""
    with catalogues.TEMPLATE.open("rb") as file:
        ids = [message.id for message in read_po(file) if message.id]
    flat = [part for found in ids for part in ((found,) if isinstance(found, str) else found)]
    return tuple(text for text in flat if not WORD_LISTS.match(text))


def practice_pages() -> Iterator[str]:
    """The text of the practice LMS's pages and of its log."""
    for path in sorted((catalogues.PACKAGE / "practice_lms" / "templates").glob("*.html")):
        yield TAGS.sub(" ", JINJA.sub(" ", path.read_text(encoding="utf-8")))
    yield from (text for step in STEPS.values() for text in (step.title, step.why))


def helps(command: click.Command) -> Iterator[str]:
    """What a command and its subcommands say about themselves."""
    yield command.help or ""
    yield from (getattr(option, "help", None) or "" for option in command.params)
    for each in command.commands.values() if isinstance(command, click.Group) else ():
        yield from helps(each)


@cache
def shown() -> tuple[str, ...]:
    """Every English text that a person may read."""
    commands = (text for command in (cli, demo, practice_lms) for text in helps(command))
    return (*sentences(), *practice_pages(), *commands)


def table() -> list[tuple[list[str], list[str]]]:
    """The table of CONTRIBUTING: the words to use, and those they replace."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    rows = ROW.finditer(text.partition("### Words on screens")[2].partition("\n## ")[0])
    cells = [[[word.strip() for word in cell.split(",") if word.strip()] for cell in row.groups()] for row in rows]
    return [(say, avoid) for say, avoid in cells if say[0] not in {"say", "---"}]


def having(pattern: str) -> list[str]:
    """The texts that a pattern is found in."""
    return [text for text in shown() if re.search(pattern, text, re.IGNORECASE)]


@pytest.mark.parametrize("pattern", ODD)
def test_screens_speak_plainly(pattern):
    assert having(pattern) == []


def test_screens_are_in_american_english():
    assert having(BRITISH) == []


def test_apostrophes_are_typographic():
    assert [text for text in sentences() if re.search(r"\w'\w", text)] == []


def test_table_of_words_is_found():
    assert len(table()) >= 15


def test_screens_use_the_words_of_the_table():
    everything = "\n".join(sentences()).lower()
    assert [word for say, _avoid in table() for word in say if word.lower() not in everything] == []


def test_words_that_others_replaced_are_gone():
    avoided = [word for _say, avoid in table() for word in avoid]
    assert {word: found for word in avoided if (found := having(rf"\b{re.escape(word)}"))} == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_glossary_of_each_language_has_the_words_of_the_table(language):
    path = catalogues.HERE / language / "LC_MESSAGES" / "messages.po"
    head = path.read_text(encoding="utf-8").partition('\nmsgid ""')[0].lower()
    assert [word for say, _avoid in table() for word in say if word.lower() not in head] == []
