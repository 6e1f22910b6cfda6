"""Bibliographic records: from the short form to CSL-JSON, label, reference and address."""

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_app.course.courses.rules import CitationStyle
from lti_app.library.bibliography.rules.styles import reference_html
from lti_app.library.readings.rules import ReadingEntry, address_of, distinct_label, label_of, to_csl
from tests.factories.readings import KOTTER


def test_the_form_becomes_a_record():
    assert to_csl(KOTTER) == {
        "type": "article-journal",
        "title": "What Leaders Really Do",
        "author": [{"family": "Kotter", "given": "John P."}],
        "issued": {"date-parts": [[1990]]},
        "container-title": "Harvard Business Review",
        "volume": "68",
        "issue": "3",
        "page": "103-111",
    }


AUTHORS = {
    "family and given": ("Kotter, John P.", [{"family": "Kotter", "given": "John P."}]),
    "a body": ("Harvard Business School", [{"family": "Harvard Business School"}]),
    "semicolons": (
        "Heifetz, R.; Laurie, D.",
        [{"family": "Heifetz", "given": "R."}, {"family": "Laurie", "given": "D."}],
    ),
    "lines": (
        "Heifetz, R.\r\nLaurie, D.\n\n",
        [{"family": "Heifetz", "given": "R."}, {"family": "Laurie", "given": "D."}],
    ),
    "separators alone": (" ; ,;\n", None),
    "a given name alone": (", John", [{"family": "John"}]),
}


@pytest.mark.parametrize(("text", "authors"), AUTHORS.values(), ids=AUTHORS)
def test_authors(text, authors):
    assert to_csl(ReadingEntry(text, 1990, "Title")).get("author") == authors


def authored(*names, **more):
    return {"author": [{"family": name} for name in names], "issued": {"date-parts": [[1990]]}, **more}


LABELS = {
    "one": (authored("Kotter"), "Kotter 1990"),
    "two": (authored("Heifetz", "Laurie"), "Heifetz and Laurie 1990"),
    "three": (authored("Bass", "Avolio", "Jung"), "Bass et al. 1990"),
    "a body": ({"author": [{"literal": "World Bank"}], "issued": {"date-parts": [[1990, 5, 1]]}}, "World Bank 1990"),
    "title for author": (authored(title="What Leaders Do"), "What Leaders Do 1990"),
    "no year": ({"author": [{"family": "Kotter"}]}, "Kotter"),
    "an empty date": ({"author": [{"family": "Kotter"}], "issued": {"date-parts": [[]]}}, "Kotter"),
    "nothing": ({}, "Untitled"),
    "brackets": (authored("[Anonymous]"), "Anonymous 1990"),
    "brackets alone": (authored("[]", title="[ ]"), "Untitled 1990"),
    "lines and controls": (authored("Kot\0ter\n II"), "Kotter II 1990"),
    "accents apart": (authored("Rene\u0301"), "Ren\u00e9 1990"),
    "a long title": (authored(title="word " * 40), ("word " * 12).strip() + " 1990"),
}


@pytest.mark.parametrize(("csl", "label"), LABELS.values(), ids=LABELS)
def test_labels(csl, label):
    assert label_of(csl) == label


def test_equal_labels_get_letters():
    taken: list[str] = []
    for _ in range(3):
        taken.append(distinct_label("Kotter 1990", taken))
    assert taken == ["Kotter 1990", "Kotter 1990b", "Kotter 1990c"]
    assert distinct_label("KOTTER 1990", taken) == "KOTTER 1990d"
    assert distinct_label("Bass et al.", ["Bass et al."]) == "Bass et al. b"


ADDRESSES = {
    "nothing": ({}, None),
    "address": ({"URL": "https://library.example/x?a=b"}, "https://library.example/x?a=b"),
    "capitals": ({"URL": " HTTPS://Library.example "}, "HTTPS://Library.example"),
    "address before DOI": ({"URL": "http://a.example", "DOI": "10.1/x"}, "http://a.example"),
    "DOI": ({"DOI": "10.1000/182"}, "https://doi.org/10.1000/182"),
    "DOI as an address": ({"DOI": "https://doi.org/10.1000/182"}, "https://doi.org/10.1000/182"),
    "DOI as an old address": ({"DOI": "http://dx.doi.org/10.1000/182"}, "https://doi.org/10.1000/182"),
    "DOI with its name": ({"DOI": "doi: 10.1000/182"}, "https://doi.org/10.1000/182"),
    "old DOI": ({"DOI": "10.1002/(SICI)1<2::AID>3"}, "https://doi.org/10.1002/%28SICI%291%3C2%3A%3AAID%3E3"),
    "script": ({"URL": "javascript:alert(1)"}, None),
    "data": ({"URL": "data:text/html,x", "DOI": "10.1/x"}, "https://doi.org/10.1/x"),
    "script in a DOI": ({"DOI": "javascript:alert('1')"}, "https://doi.org/javascript%3Aalert%28%271%27%29"),
    "no characters": ({"DOI": "\ud800\0"}, None),
}


@pytest.mark.parametrize(("csl", "address"), ADDRESSES.values(), ids=ADDRESSES)
def test_addresses(csl, address):
    assert address_of(csl) == address


class Markup(HTMLParser):
    def handle_starttag(self, tag, attrs):
        assert (tag in ("i", "b"), attrs) == (True, []), f"{tag} {attrs} came through"


HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "<i onmouseover=alert(1)>x</i>",
    "{{x}} {\\b} $x$ & &amp; &lt;",
    "a\0b\ud800\u202ec",
    "x" * 5000,
    "—;,<i>",
    "القيادة 领导 👩\u200d🚀",
]
texts = st.sampled_from(HOSTILE) | st.text(max_size=40)


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("field", ["authors", "title", "container", "volume", "issue", "pages", "doi", "url"])
def test_hostile_values_are_shown_and_never_obeyed(field, text):
    csl = to_csl(ReadingEntry(**{"authors": "Kotter, John", "year": 1990, "title": "Title", field: text}))
    html = reference_html(csl, CitationStyle.HARVARD)
    Markup().feed(html)
    for stored in (html, label_of(csl), str(address_of(csl)), str(csl)):
        stored.encode()
        assert "\0" not in stored


@given(
    st.builds(
        ReadingEntry,
        authors=texts,
        year=st.none() | st.integers(-3000, 99_999),
        title=texts,
        container=texts,
        volume=texts,
        issue=texts,
        pages=texts,
    )
)
def test_any_entry_has_a_label_and_a_safe_reference(entry):
    csl = to_csl(entry)
    Markup().feed(reference_html(csl, CitationStyle.HARVARD))
    label = label_of(csl)
    assert label.strip()
    assert not set(label) & set("[]\n")
    assert len(label) < 150


@pytest.mark.parametrize("before", ["", "doi: ", "https://doi.org/", "http://dx.doi.org/", "https://www.doi.org/"])
def test_a_doi_is_stored_and_linked_without_what_stands_before_it(before: str):
    doi = "10.1234/ab.5"
    assert to_csl(ReadingEntry("Kotter", 1990, "T", doi=before + doi))["DOI"] == doi
    assert address_of({"DOI": before + doi}) == f"https://doi.org/{doi}"
