"""PDFs are made in a process of their own, which ends at a limit of time or size."""

import io
import signal
import subprocess
import sys

import pytest
from pypdf import PdfReader

from lti_app.core.bounded import AllPlacesTaken, WorkFailed
from lti_app.exchange.exporting.rules import pdf
from lti_app.exchange.exporting.rules.pdf import (
    TypesettingFailed,
    TypesettingLimit,
    typeset,
    unreadable_pictures,
)
from tests.core.bounded import every_place_taken
from tests.factories import files

PLAIN = b'#set document(title: "T")\n= Heading\nText'
ENDLESS = b"#for a in range(100000) { for b in range(100000) { let c = a * b } }"


def test_a_pdf_that_takes_too_long_is_given_up():
    with pytest.raises(TypesettingLimit):
        typeset(ENDLESS, {}, seconds=1.0)


def test_a_pdf_that_becomes_too_large_is_given_up(monkeypatch: pytest.MonkeyPatch):
    def fail(*_arguments: str, **_options: float) -> bytes:
        raise WorkFailed(pdf.TOO_LARGE)

    monkeypatch.setattr(pdf, "run_bounded", fail)
    with pytest.raises(TypesettingLimit):
        typeset(PLAIN, {})


def test_no_more_are_made_at_once_than_leave_threads_for_pages():
    with every_place_taken(), pytest.raises(AllPlacesTaken):
        typeset(PLAIN, {})
    assert typeset(PLAIN, {}).startswith(b"%PDF")


def test_pictures_that_are_none_are_named():
    pictures = {"0.png": files.png(), "1.png": b"no picture"}
    with pytest.raises(TypesettingFailed):
        typeset(b'#image("1.png", alt: "A")', {}, pictures=pictures)
    assert unreadable_pictures(pictures) == {"1.png"}


PARTS = b"""#set document(title: "T")
#let d = json(bytes(sys.inputs.document))
#for part in d.parts { if "left_out" in part { "(-)" } else if part.text == "bad" { panic() } else { part.text } }
"""


@pytest.mark.parametrize("texts", ["bad", "a bad", "bad a", "a b c bad d e bad", "bad bad", "a b bad bad"])
def test_a_part_that_cannot_be_set_keeps_no_other_from_it(texts):
    parts = {"parts": [{"text": text} for text in texts.split()]}
    with pytest.raises(TypesettingFailed):
        typeset(PARTS, parts)
    made = PdfReader(io.BytesIO(typeset(PARTS, parts, parts="parts")))
    assert made.pages[0].extract_text().replace("\n", "") == texts.replace("bad", "(-)").replace(" ", "")


def test_what_nothing_helps_fails():
    with pytest.raises(TypesettingFailed):
        typeset(b"#panic()", {"parts": []}, parts="parts")


def test_a_typesetter_that_is_killed_has_reached_a_limit(monkeypatch: pytest.MonkeyPatch):
    def die(*_arguments: str, **_options: float) -> bytes:
        raise WorkFailed(-signal.SIGABRT)

    monkeypatch.setattr(pdf, "run_bounded", die)
    with pytest.raises(TypesettingLimit):
        typeset(PLAIN, {})


def test_a_web_process_does_not_load_the_typesetter():
    program = "import sys, lti_app.app; sys.exit(sum(name in sys.modules for name in ('typst', 'pypdf', 'alembic')))"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
