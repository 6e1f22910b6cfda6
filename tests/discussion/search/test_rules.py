"""What a search asks for, and what it shows."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_app.discussion.search.rules import MAX_TERMS, ExcerptPart, Term, excerpt, parse_query


@pytest.mark.parametrize(
    ("query", "terms"),
    [
        ("leaders", [Term(("leaders",))]),
        ("Leaders DO", [Term(("leaders",)), Term(("do",))]),
        ("Café", [Term(("cafe",))]),
        ('"set a direction"', [Term(("set", "a", "direction"), exact=True)]),
        ("“set a direction” change", [Term(("set", "a", "direction"), exact=True), Term(("change",))]),
        ("well-known", [Term(("well", "known"))]),
        ("again again", [Term(("again",))]),
        ("", []),
        ("  *  - ' ", []),
        ('"', []),
        ('an "open quotation', [Term(("an",)), Term(("open",)), Term(("quotation",))]),
        ("change:* & ! | ( )", [Term(("change",))]),
    ],
)
def test_terms_of_a_query(query, terms):
    assert list(parse_query(query)) == terms


def test_a_query_has_so_many_terms_at_most():
    assert len(parse_query(" ".join(f"w{n}" for n in range(50)))) == MAX_TERMS


def shown(text, query):
    return "".join(f"[{run.text}]" if run.is_hit else run.text for run in excerpt(text, parse_query(query)))


@pytest.mark.parametrize(
    ("text", "query", "marked"),
    [
        ("Leaders set a direction.", "lead", "[Leaders] set a direction."),
        ("Leaders lead leaders.", "lead", "[Leaders] [lead] [leaders]."),
        ("A Café opened.", "cafe", "A [Café] opened."),
        ("Leaders set a direction.", '"set a"', "Leaders [set a] direction."),
        ("Leaders set a direction.", '"set a dir"', "Leaders set a direction."),
        ("Leaders set a direction.", "direct set", "Leaders [set] a [direction]."),
        ("<b>bold</b>", "bold", "<b>[bold]</b>"),
        ("Nothing here.", "else", "Nothing here."),
    ],
)
def test_what_was_found_is_marked(text, query, marked):
    assert shown(text, query) == marked


def test_long_text_is_shown_around_the_first_thing_found():
    text = "before " * 100 + "direction " + "after " * 100
    found = shown(text, "direction")
    assert found.startswith("…before ")
    assert "[direction]" in found
    assert found.endswith("…")
    assert len(found) < 300


@given(st.text(max_size=600), st.text(max_size=60))
def test_an_excerpt_is_a_part_of_the_text(text, query):
    runs = excerpt(text, parse_query(query))
    assert "".join(run.text for run in runs).strip("…") in text + "…"
    assert all(isinstance(run, ExcerptPart) and run.text for run in runs)
