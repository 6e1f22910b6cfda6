"""Nothing that is pasted breaks the reading of it, and nothing in it comes through as markup."""

import json
from html.parser import HTMLParser

import pytest
from bibtexparser.entrypoint import parse_string
from hypothesis import given, settings
from hypothesis import strategies as st

from lti_app.course.courses.rules import CitationStyle
from lti_app.library.bibliography.rules import bibtex
from lti_app.library.bibliography.rules.bibtex import MAX_ENTRIES
from lti_app.library.bibliography.rules.records import (
    DATES,
    MAX_SKIPPED,
    NAMES,
    NUMBERS,
    TEXTS,
    clean_record,
    from_csl,
    read,
)
from lti_app.library.bibliography.rules.styles import in_all_styles, reference_html
from lti_app.library.readings.rules import address_of, entry_of, label_of, to_csl

BAD = {
    "at": "@",
    "open": "@article{",
    "objects": "{" * 100_000,
    "lists": "[" * 100_000,
    **{f"lists {depth} deep": "[" * depth + "]" * depth for depth in range(780, 960, 20)},
    **{f"a title {depth} deep": '[{"title": ' + "[" * depth + "]" * depth + "}]" for depth in range(780, 960, 20)},
    "braces": "@article{a, title={" + "{" * 50_000,
    "nested": "@article{a, title={" + "{" * 5_000 + "x" + "}" * 5_000 + "}}",
    "macros": "@article{a, title={" + "\\textbf{" * 2_000 + "x" + "}" * 2_000 + "}}",
    "backslash": "@a{b,c={\\}}",
    "dollars": "@article{a,title={" + "$" * 5_000 + "}}",
    "accents": "@article{a, title={" + "x\\'e" * 200_000 + "}}",
    "joined": "@article{a, title = " + "{a} # " * 20_000 + "{b}}",
    "circle": "@string{a=a}\n@article{x,title=a}",
    "abbreviations of abbreviations": '@string{a0 = "words "}\n'
    + "".join(f"@string{{a{n} = {' # '.join([f'a{n - 1}'] * 9)}}}\n" for n in range(1, 12))
    + "@article{x, title = a11 # a9, author = a8}",
    "the same abbreviation in all fields": '@string{a = "'
    + "x" * 8_000
    + '"}\n'
    + "".join(f"@article{{k{n}, title = a # {n}, author = a # {n}, journal = a # {n}}}\n" for n in range(10_000)),
    "entries that inherit in a circle": "@book{a, crossref = {b}, title={x}}\n@book{b, crossref = {a}, xdata = {a, b}}",
    "data of data": "".join(f"@xdata{{d{n}, xdata = {{{', '.join(f'd{m}' for m in range(n))}}}}}\n" for n in range(300))
    + "@book{a, xdata = {d299}, title = {x}}",
    "names": "@article{a, title={t}, author={" + " and ".join(["A, B"] * 50_000) + "}}",
    "starts": "TY  - JOUR\n" * 5_000,
    "empty lines": "TY  - JOUR\n\n \nTI  - x\n\n\nER  - \n",
    "words right after the type": "TY  - JOUR\nwords\n   more\nTI  - x\nER  - \n",
    "spaces right after the type": "TY  - JOUR\n" + " " * 30_000 + "x\nER  - \n",
    "spaces in pages": "TY  - JOUR\nTI  - x\nSP  - 1" + " " * 900_000 + "2\nER  - \n",
    "spaces for a key": "@a{" + " " * 900_000,
    "spaces in pages of BibTeX": "@a{b, title={x}, pages={1" + " " * 900_000 + "2}}",
    "tags": "TY  - JOUR\nTI  - x\n" + "AU  - y\n" * 50_000,
    "long": "TY  - JOUR\nTI  - " + "a-" * 400_000,
    "surrogates": "\0@article{a,title={\ud800}}",
    "digits": '[{"title": "x", "issued": {"date-parts": [[' + "9" * 5_000 + "]]}}]",
    "number": "10." + "1" * 300_000,
    "numbers for all": '[{"title": 5, "author": 7, "issued": [], "container-title": {}, "DOI": [1], "type": {}}]',
}


@pytest.mark.parametrize("text", BAD.values(), ids=BAD)
def test_bad_text_is_read_to_its_end(text):
    found = read(text)
    for record in found.records:
        json.dumps(record).encode()
        in_all_styles(record)


class Markup(HTMLParser):
    def handle_starttag(self, tag, attrs):
        assert (tag in ("i", "b"), attrs) == (True, []), f"{tag} {attrs} came through"


HOSTILE = [
    "<script>alert(1)</script>x",
    '"><img src=x onerror=alert(1)>',
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "javascript:alert(1)",
    "{{x}} {\\b} $x$ & &amp;",
    "a\0b\ud800\u202ec",
    "?.”“\"'.,",
    "\ue000\ue001",
    "القيادة 领导 👩\u200d🚀",
]
texts = st.sampled_from(HOSTILE) | st.text(max_size=30)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | texts,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["family", "date-parts", "raw"]), inner)
    ),
    max_leaves=6,
)
FIELDS = ("type", *TEXTS, *NUMBERS, *NAMES, *DATES, "URL", "whatever")


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("field", [*TEXTS, *NUMBERS, "URL", "type"])
def test_hostile_values_are_shown_and_never_obeyed(field, text):
    csl = from_csl({"title": "T", "type": "article-journal", field: text, "author": [{"family": text, "given": text}]})
    for reference in in_all_styles(csl).values():
        Markup().feed(reference)
        assert "\0" not in reference
    address = address_of(csl)
    assert address is None or address.startswith(("https://", "http://"))
    label_of(csl).encode()


@settings(max_examples=150)
@given(st.dictionaries(st.sampled_from(FIELDS), values))
def test_any_json_becomes_a_record_that_can_be_shown_and_edited(raw):
    csl = from_csl(raw)
    assert clean_record(csl) == csl
    for style in CitationStyle:
        Markup().feed(reference_html(csl, style, whole=True))
    again = clean_record(to_csl(entry_of(csl), csl))
    assert {**again, "type": ""} == {**csl, "type": ""} or not csl.get("title")


@pytest.mark.parametrize("unit", ['@@article{a,"', "@a{", "@string{a=b\n", "@article{a, title={x}\n"])
def test_of_a_megabyte_of_broken_entries_only_the_first_are_told_apart(unit, monkeypatch):
    """To find out what is wrong with a broken one takes the library as long as to read ten good ones."""
    given = []

    def parse(text, **options):
        given.append(text.count("@"))
        return parse_string(text, **options)

    monkeypatch.setattr(bibtex, "parse_string", parse)
    found = read(unit * (900_000 // len(unit)))
    assert sum(given) <= (MAX_ENTRIES + 1) * unit.count("@")
    assert found.skipped_count > MAX_SKIPPED
