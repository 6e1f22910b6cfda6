"""Texts as reference managers, databases and journals give them away, and what becomes of them."""

import json

import pytest

from lti_app.library.bibliography.rules import records as rules
from lti_app.library.bibliography.rules.records import (
    MAX_RECORDS,
    RecordFormat,
    SkipReason,
    clean_record,
    doi_of,
    is_doubtful,
    read,
)

HBR = "Harvard Business Review"
KOTTER = {
    "type": "article-journal",
    "title": "What leaders really do",
    "author": [{"family": "Kotter", "given": "John P."}],
    "issued": {"date-parts": [[1990]]},
    "container-title": HBR,
    "volume": "68",
    "issue": "3",
    "page": "103-111",
}

GOOGLE_SCHOLAR = """@article{kotter1990leaders,
  title={What leaders really do},
  author={Kotter, John P.},
  journal={Harvard Business Review},
  volume={68},
  number={3},
  pages={103--111},
  year={1990}
}"""
ZOTERO_BIBLATEX = r"""
@article{kotterWhatLeadersReally1990,
	title = {What Leaders Really Do},
	author = {Kotter, John P.},
	date = {1990-05/1990-06},
	journaltitle = {Harvard Business Review},
	volume = {68},
	number = {3},
	pages = {103--111},
	url = {https://hbr.org/2001/12/what-leaders-really-do\_1},
	langid = {english},
	keywords = {leadership},
	file = {files/Kotter.pdf:application/pdf},
}
"""
ZOTERO_RIS = """TY  - JOUR
TI  - What leaders really do
AU  - Kotter, John P.
T2  - Harvard Business Review
DA  - 1990///
PY  - 1990
VL  - 68
IS  - 3
SP  - 103
EP  - 111
ER  -{end}

""".replace("{end}", " ")
ENDNOTE_RIS = """TY  - JOUR
AU  - Kotter, John P.
PY  - 1990
TI  - What leaders really do
JO  - Harvard Business Review
VL  - 68
IS  - 3
SP  - 103-11
N1  - Export Date: 1 March 2026
  and a second line
ER  -
"""
EBSCO_RIS = """TY  - JOUR
ID  - 9005210914
T1  - What leaders really do.
AU  - Kotter, John P.
JO  - Harvard Business Review
JF  - Harvard Business Review
Y1  - 1990/05//May/Jun90
VL  - 68
IS  - 3
M3  - Article
SP  - 103
EP  - 111
PB  - Harvard Business School Publication Corp.
SN  - 00178012
UR  - https://search.ebscohost.com/login.aspx?direct=true&db=bth
ER  -
"""
JSTOR_RIS = """\ufeffProvider: JSTOR http://www.jstor.org
Database: JSTOR
Content: text/plain; charset="UTF-8"


TY  - JOUR
TI  - The Romance of Leadership
A1  - Meindl, James R.
A1  - Ehrlich, Sanford B.
A1  - Dukerich, Janet M.
C1  - Full publication date: Mar., 1985
DB  - JSTOR
DO  - 10.2307/2392813
EP  - 102
IS  - 1
PB  - [Sage Publications, Inc., Johnson Graduate School of Management, Cornell University]
PY  - 1985
SN  - 00018392
SP  - 78
T2  - Administrative Science Quarterly
UR  - http://www.jstor.org/stable/2392813
VL  - 30
Y2  - 2026/03/02/
ER  -{end}
""".replace("{end}", " ")
CROSSREF = {
    "type": "journal-article",
    "title": ["Role <i>congruity</i> theory of prejudice &amp; female leaders."],
    "author": [{"given": "Alice H.", "family": "Eagly", "sequence": "first", "affiliation": []}, {"name": "APA"}],
    "issued": {"date-parts": [[2002, 7]]},
    "container-title": ["Psychological Review", "Psychol Rev"],
    "DOI": "10.1037/0033-295x.109.3.573",
    "URL": "http://dx.doi.org/10.1037/0033-295x.109.3.573",
    "page": "573-598",
    "abstract": "<jats:p>Long.</jats:p>",
    "is-referenced-by-count": 4000,
}


def one(text):
    found = read(text)
    assert found.skipped == ()
    assert len(found.records) == 1
    return found.records[0]


def test_google_scholar():
    assert one(GOOGLE_SCHOLAR) == KOTTER


def test_zotero_ris():
    assert one(ZOTERO_RIS) == KOTTER
    assert one(ZOTERO_RIS.replace("\n", "\r\n")) == KOTTER


def test_endnote():
    assert one(ENDNOTE_RIS) == {**KOTTER, "page": "103-11"}


def test_zotero_biblatex():
    assert one(ZOTERO_BIBLATEX) == {
        **KOTTER,
        "title": "What Leaders Really Do",
        "issued": {"date-parts": [[1990, 5]]},
        "URL": "https://hbr.org/2001/12/what-leaders-really-do_1",
        "language": "english",
    }


def test_ebsco_as_it_gives_the_harvard_business_review():
    record = one(EBSCO_RIS)
    assert record["issued"] == {"date-parts": [[1990, 5]]}
    assert (record["container-title"], record["page"], record["ISSN"]) == (HBR, "103-111", "00178012")


def test_jstor():
    record = one(JSTOR_RIS)
    assert [name["family"] for name in record["author"]] == ["Meindl", "Ehrlich", "Dukerich"]
    assert (record["DOI"], record["URL"]) == ("10.2307/2392813", "http://www.jstor.org/stable/2392813")
    assert (record["page"], record["volume"], record["issued"]) == ("78-102", "30", {"date-parts": [[1985]]})


def test_crossref():
    record = one(json.dumps(CROSSREF))
    assert record["title"] == "Role congruity theory of prejudice & female leaders."
    assert record["type"] == "article-journal"
    assert record["author"] == [{"given": "Alice H.", "family": "Eagly"}, {"literal": "APA"}]
    assert record["container-title"] == "Psychological Review"
    assert "abstract" not in record


LATEX = {
    r"M{\"u}ller, J{\'o}zef": [{"family": "Müller", "given": "Józef"}],
    r"{\O}rsted, H. C. and {World Bank}": [{"family": "Ørsted", "given": "H. C."}, {"literal": "World Bank"}],
    r"Ludwig van Beethoven and others": [
        {"family": "Beethoven", "given": "Ludwig", "non-dropping-particle": "van"},
    ],
    r"King, Jr., Martin Luther": [{"family": "King", "given": "Martin Luther", "suffix": "Jr."}],
    r"O'Neil, Tim and Ko{\c c}, {\.I}smail": [
        {"family": "O'Neil", "given": "Tim"},
        {"family": "Koç", "given": "İsmail"},
    ],
    r"{Barnes and Noble}": [{"literal": "Barnes and Noble"}],
    r"Dvo\v{r}\'ak, Anton\'{\i}n": [{"family": "Dvořák", "given": "Antonín"}],
}


@pytest.mark.parametrize("author", LATEX)
def test_names_in_latex(author):
    assert one(f"@book{{x, title={{T}}, author={{{author}}}}}")["author"] == LATEX[author]


TITLES = {
    r"{{Managers} and {Leaders}}": "Managers and Leaders",
    r"Research \& Development, 50\% off": "Research & Development, 50% off",
    r"A 100% guess & more": "A 100% guess & more",
    r"{\em What} leaders \textit{really} do": "What leaders really do",
    r"Caf\'e --- a \alpha{} test": "Café — a α test",
    r"<b>x</b> &amp; y": "x & y",
}


@pytest.mark.parametrize("title", TITLES)
def test_titles_in_latex(title):
    assert one(f"@article{{x, title={{{title}}}}}")["title"] == TITLES[title]


def test_one_fault_does_not_cost_the_others():
    found = read(
        '@string{hbr = "Harvard Business Review"}\n@comment{jabref-meta: x}\n'
        "@article{a, title={Unbalanced {brace, author={A, B}, year=2000}\n"
        "@article{b, title={Good}, journal=hbr, year=1999}\n"
        "@article{b, title={Same key}, journal=hbr}\n"
        "@article{, title={No key}}\n"
        "@misc{c, author={Nobody}}\n"
        "@article{d, title={Good}, year={1999}}\n"
    )
    assert [record["title"] for record in found.records] == ["Good", "Same key", "No key"]
    assert {record.get("container-title") for record in found.records} == {HBR, None}
    assert {(part.fault, part.excerpt[:10]) for part in found.skipped} == {
        (SkipReason.UNREADABLE, "@article{a"),
        (SkipReason.NO_TITLE, "Nobody"),
        (SkipReason.TWICE, "1999 Good"),
    }


def test_ris_records_that_are_not_ended_end_where_the_next_begins():
    found = read("TY  - BOOK\nTI  - First\nTY  - CHAP\nTI  - Second\nT2  - Book\nED  - Ott, J.\nAU  - WHO")
    assert [(each["type"], each["title"]) for each in found.records] == [("book", "First"), ("chapter", "Second")]
    assert found.records[1]["editor"] == [{"family": "Ott", "given": "J."}]
    assert found.records[1]["author"] == [{"literal": "WHO"}]


def test_no_more_than_so_many_at_once():
    found = read("\n".join(f"@book{{b{n}, title={{Title {n}}}}}" for n in range(MAX_RECORDS + 70)))
    assert (len(found.records), found.skipped_count) == (MAX_RECORDS, 70)
    assert {part.fault for part in found.skipped} == {SkipReason.TOO_MANY}
    assert len(found.skipped) == 50


@pytest.mark.parametrize(
    "record",
    [
        '@article{{k{n}, title={{On {{L}}eading {n}}}, author={{M{{\\"u}}ller, J.}}, year={{1990}}}}\n',
        "TY  - JOUR\nAU  - Müller, J.\nTI  - On leading {n}\nPY  - 1990\nER  - \n",
        '{{"type": "article-journal", "title": "On leading {n}"}},',
    ],
    ids=["bibtex", "ris", "csl"],
)
def test_of_ten_thousand_records_only_so_many_are_looked_at(record, monkeypatch):
    looked_at = []
    monkeypatch.setattr(rules, "clean_record", lambda csl: looked_at.append(csl) or clean_record(csl))
    text = "".join(record.format(n=n) for n in range(10_000))
    found = read(f"[{text.rstrip(',')}]" if text.startswith("{") else text)
    assert len(found.records) == MAX_RECORDS
    assert found.records[-1]["title"].endswith("499")
    assert found.skipped_count > 5_000
    assert len(looked_at) <= rules.MOST_READ


def test_letters_that_were_lost_are_seen():
    assert is_doubtful({"title": "F\ufffdhrung"})
    assert is_doubtful({"title": "FÃ¼hrung"})
    assert not is_doubtful({"title": "Führung, SÃO PAULO"})


DOIS = {
    "10.1037/0033-295X.109.3.573": "10.1037/0033-295X.109.3.573",
    "https://doi.org/10.1037/0033-295X.109.3.573": "10.1037/0033-295X.109.3.573",
    "doi: 10.1016/0090-2616(90)90061-S.": "10.1016/0090-2616(90)90061-S",
    "Kotter (see 10.1234/abc).": "10.1234/abc",
    "10.1002/(SICI)1099-1379(199811)19:6<1::AID>3.0.CO;2-X": "10.1002/(SICI)1099-1379(199811)19:6<1::AID>3.0.CO;2-X",
    '<a href="https://doi.org/10.1234/abc">x</a>': "10.1234/abc",
    "10.1": "",
    "12.1234/abc": "",
    "": "",
}


@pytest.mark.parametrize("text", DOIS)
def test_dois(text):
    assert doi_of(text) == DOIS[text]


def test_what_is_none_of_these_is_said_to_be_unknown():
    for text in ("", "hello", "Kotter, J. P. (1990). What leaders really do.", "@", "10.1234/abc " * 200):
        assert read(text).format is RecordFormat.UNKNOWN
    assert read("https://doi.org/10.1234/abc").doi == "10.1234/abc"


def test_a_doi_may_be_longer_than_a_number():
    doi, number = "10.1000/" + "a" * 200, "1" * 200
    record = clean_record({"type": "book", "title": "T", "DOI": doi, "volume": number})
    assert (record["DOI"], record["volume"]) == (doi, number[:60])
