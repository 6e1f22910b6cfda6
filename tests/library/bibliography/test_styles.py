"""References in each style, against what the handbooks print."""

import json
from pathlib import Path

import pytest

from lti_app.course.courses.rules import CitationStyle
from lti_app.library.bibliography.queries.leadership import list_leadership_readings
from lti_app.library.bibliography.rules import styles
from lti_app.library.bibliography.rules.records import TYPES
from lti_app.library.bibliography.rules.styles import in_all_styles, reference_html

RIGHT = json.loads(Path(__file__).with_name("right.json").read_text(encoding="utf-8"))
"""Records, and their references as the handbooks' own rules give them."""
BURNS, EAGLY = RIGHT["book"]["record"], RIGHT["two authors, a DOI"]["record"]


@pytest.mark.parametrize("style", CitationStyle)
@pytest.mark.parametrize("work", RIGHT)
def test_references_are_as_the_handbooks_print_them(work, style):
    assert reference_html(RIGHT[work]["record"], style, whole=True) == RIGHT[work][style.value]


def test_the_address_stands_beside_the_reference_unless_it_is_to_be_whole():
    assert "doi.org" not in reference_html(EAGLY, CitationStyle.APA)
    assert all("doi.org" in reference for reference in in_all_styles(EAGLY).values())


@pytest.mark.parametrize("kind", sorted(TYPES))
def test_every_kind_of_work_has_a_reference_in_every_style(kind):
    for style in CitationStyle:
        assert "Leadership" in reference_html({**BURNS, "type": kind}, style, whole=True)


@pytest.mark.parametrize("csl", [{"title": "T"}, {"type": "book", "title": "T", "author": [{"literal": "A"}]}, {}])
def test_the_least_that_a_record_can_be_has_a_reference(csl):
    assert all(isinstance(reference, str) for reference in in_all_styles(csl).values())


def test_an_ellipsis_stays_one():
    csl = {**BURNS, "title": "Why some make the leap ... and others don't"}
    assert "the leap ... and" in reference_html(csl, CitationStyle.APA)


def test_the_shelf_is_whole():
    shelf = list_leadership_readings()
    assert len(shelf) > 20
    labels = {(work["author"][0]["family"], work["issued"]["date-parts"][0][0]) for work in shelf}
    assert labels >= {("Zaleznik", 1977), ("Zaleznik", 2004), ("Kotter", 1990), ("Kotter", 2001), ("Burns", 1978)}
    for work in shelf:
        assert work.get("publisher") or (work["container-title"] and work["volume"] and work["page"]), work["title"]
        for reference in in_all_styles(work).values():
            assert ".." not in reference
            assert "?." not in reference


def test_a_reference_is_written_once_and_anew_when_its_record_changes(monkeypatch):
    csl = {"type": "book", "title": "Leading Change Once More", "author": [{"family": "Kotter", "given": "John P."}]}
    written = {style: reference_html(csl, style) for style in CitationStyle}
    asked = []
    real = styles.CitationStylesBibliography
    monkeypatch.setattr(styles, "CitationStylesBibliography", lambda *given: asked.append(given) or real(*given))
    assert {style: reference_html(dict(csl), style) for style in CitationStyle} == written
    assert not asked
    csl["author"][0]["family"] = "Zaleznik"
    assert "Zaleznik" in reference_html(csl, CitationStyle.APA)
    assert len(asked) == 1
