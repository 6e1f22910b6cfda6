"""What a search asks for, and what it shows."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_app.core.folding import fold_text
from lti_app.discussion.search import rules
from lti_app.discussion.search.rules import MAX_TERMS, ExcerptPart, Term, excerpt, parse_query


@pytest.mark.parametrize(
    ("query", "terms"),
    [
        ("leaders", [Term(("leaders",))]),
        ("Leaders DO", [Term(("leaders",)), Term(("do",))]),
        ("Café", [Term(("cafe",))]),
        ('"set a direction"', [Term(("set", "a", "direction"), exact=True)]),
        ("“set a direction” change", [Term(("set", "a", "direction"), exact=True), Term(("change",))]),
        ("well-known", [Term(("well", "known"), others=("wellknown",))]),
        ("5'10\"", [Term(("5", "10"))]),
        ('צה"ל ארה"ב', [Term(("צה", "ל"), others=("צהל",)), Term(("ארה", "ב"), others=("ארהב",))]),
        ("リーダー", [Term(("リー", "ーダ", "ダー"))]),
        ("“人”", [Term(("人",))]),
        ("Müller", [Term(("muller",), others=("mueller",))]),
        ("نمی دانم که", [Term(("نمي", "دانم"), others=("نميدانم",)), Term(("كه",))]),
        ("№5", [Term(("no", "5"), others=("no5",))]),
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
        ("a ㎏ of ㍿ソニー № 5", "株式会社", "a ㎏ of [㍿]ソニー № 5"),
        ("a ㎏ of ㍿ソニー № 5", "会社ソニー kg", "a [㎏] of [㍿ソニー] № 5"),
        ("a ㎏ of ㍿ソニー № 5", "5 no", "a ㎏ of ㍿ソニー [№] [5]"),
        ("او می\u200cروم و", "روم", "او می\u200c[روم] و"),
        ("او می\u200cروم و", "میروم", "او [می\u200cروم] و"),
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


@pytest.mark.parametrize("words", ["to the end", "漢字"])
@pytest.mark.parametrize("at", [0, 590, 799, 800, 995, 1_000, 1_399, 5_003, 9_990])
@pytest.mark.parametrize("query", ["leaders set a direction", '"leaders set a direction"', "leaders", "direction"])
def test_what_was_found_is_marked_wherever_it_stands(words, at, query):
    """It is looked for piece by piece, and may stand where two of these meet."""
    filling = (words + " ") * 3_000
    text = f"{filling[:at]} leaders set a direction {filling[: 10_000 - at]}"
    parts = excerpt(text, parse_query(query))
    marked = [part.text for part in parts if part.is_hit]
    assert "".join(part.text for part in parts).strip("…") in text
    assert marked == ([query.strip('"')] if query[0] == '"' else query.split())


def test_so_much_of_a_text_is_looked_through(monkeypatch: pytest.MonkeyPatch):
    looked_at: list[str] = []
    monkeypatch.setattr(rules, "fold_text", lambda text: looked_at.append(text) or fold_text(text))
    terms = parse_query("leaders")
    looked_at.clear()
    for text in ("leaders " + "word " * 4_000, "word " * 4_000 + "leaders"):
        excerpt(text, terms, most=3_000)
    near, far = looked_at[:2], looked_at[2:]
    assert sum(map(len, near)) < 2_000  # the first piece, and what is shown
    assert 3_000 <= sum(map(len, far)) < 3 * 3_000
    assert excerpt("word " * 4_000 + "leaders", terms, most=3_000)[0].text.startswith("word word")
