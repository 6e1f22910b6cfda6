"""/courses/<id>/readings/add, /chosen, /new and /leadership: the ways in which a reading comes into a course."""

import json

import pytest

from lti_app.library.bibliography.errors import DoiUnknown, DoiUnreachable
from lti_app.library.readings.queries import get_reading, list_readings
from lti_app.web.library.readings import LOOKUP
from tests.web.questions import refused, refuses_no_visit, refuses_unsafe_posts
from tests.web.site import Site

BIBTEX = """@article{a, title={What leaders really do}, author={Kotter, John P.}, year={1990}, doi={10.1234/k}}
@book{b, title={Leadership}, author={Burns, James MacGregor}, year={1978}}
@article{c, title={Unbalanced {brace, year=2000}
@misc{d, author={Nobody}}
"""
CANNOT_BE_READ = "can’t be read: check for a missing brace, bracket or quotation mark"
DOI = "10.1037/0033-295X.109.3.573"
EAGLY = {"type": "journal-article", "title": ["Role congruity"], "author": [{"family": "Eagly"}]}


@pytest.fixture
def base(cast):
    return f"/courses/{cast.course_id}/readings"


@pytest.fixture
def asked(site, monkeypatch):
    """The DOIs that the registry was asked for; `answers` holds what it says."""

    class Registry:
        def __init__(self):
            self.dois, self.answer, self.open_transactions = [], EAGLY, []

        def __call__(self, doi, /):
            self.dois.append(doi)
            self.open_transactions.append(site.database.engine.pool.checkedout())
            if isinstance(self.answer, Exception):
                raise self.answer
            return self.answer

    registry = Registry()
    monkeypatch.setitem(site.app.extensions, LOOKUP, registry)
    return registry


def labels(site: Site) -> list[str]:
    with site.read() as session:
        return [line.label for line in list_readings(session, site.cast.ines)]


def pick_form(answer):
    return {name: value for name, value in _fields(answer) if not name.startswith("pick-")}


def _fields(answer):
    (form,) = (form for form in answer.page.all("form", method="post"))
    yield from ((e.attrs["name"], e.attrs.get("value", "")) for e in form.all("input") if "name" in e.attrs)
    yield from ((area.attrs["name"], area.written) for area in form.all("textarea"))


def test_several_records_come_with_a_tick_each_and_what_was_left_out(site, cast, base):
    browser = site.browser(cast.ines)
    answer = browser.post_form(f"{base}/add", f"{base}/add", source=BIBTEX)
    assert answer.status == 200
    ticks = answer.page.all("input", type="checkbox")
    assert [tick.attrs["name"] for tick in ticks if "checked" in tick.attrs] == ["pick-0", "pick-1"]
    assert "2 records in BibTeX." in answer.text
    assert "2 parts were skipped" in answer.text
    assert [li.text for li in answer.page.one("ul", class_="skipped").all("li")] == [
        f"@article{{c, title={{Unbalanced {{brace, year=2000}} {CANNOT_BE_READ}",
        "Nobody has no title",
    ]
    data = {**pick_form(answer), "pick-1": "1"}
    added = browser.send(f"{base}/chosen", data=data)
    assert (added.status, labels(site)) == (303, ["Burns 1978"])
    assert "1 reading added." in browser.get(added.location).text


def test_what_the_course_has_already_is_not_ticked(site, cast, base):
    browser = site.browser(cast.ines)
    for _ in range(2):
        answer = browser.post_form(f"{base}/add", f"{base}/add", source=BIBTEX)
        browser.send(f"{base}/chosen", data={**pick_form(answer), "pick-0": "1"})
    assert "Already in this course as Kotter 1990." in answer.text
    assert labels(site) == ["Kotter 1990", "Kotter 1990b"]


def test_nothing_ticked_is_said_and_nothing_lost(site, cast, base):
    browser = site.browser(cast.ines)
    answer = browser.post_form(f"{base}/add", f"{base}/add", source=BIBTEX)
    again = browser.send(f"{base}/chosen", data=pick_form(answer))
    assert again.status == 422
    assert "Select at least one reading." in again.text
    assert pick_form(again)["source"] == pick_form(answer)["source"]


@pytest.mark.parametrize(
    "source", ["hello", "[]", '{"a":', "@article{x, title={", "TY  - JOUR\nER  -", "[1, 2]", "<b>"]
)
def test_what_cannot_be_read_comes_back_with_a_reason(site, cast, base, source):
    answer = site.browser(cast.ines).post_form(f"{base}/add", f"{base}/add", source=source)
    assert answer.status == 422
    assert answer.kept == [source]
    assert answer.page.one("div", role="alert").text


def test_too_much_is_refused(site, cast, base):
    answer = site.browser(cast.ines).post_form(f"{base}/add", f"{base}/add", source="x" * 1_000_001)
    assert answer.status == 422
    assert "This has more than a million characters." in answer.text
    empty = site.browser(cast.ines).post_form(f"{base}/add", f"{base}/add", source=" ")
    assert (empty.status, empty.beside("source")) == (422, "Paste a DOI or a record first.")


def test_a_doi_is_looked_up_while_no_transaction_is_open(site, cast, base, asked):
    browser = site.browser(cast.ines)
    answer = browser.post_form(f"{base}/add", f"{base}/add", source=f"https://doi.org/{DOI}")
    assert (asked.dois, asked.open_transactions) == ([DOI], [0])
    added = browser.send(f"{base}/chosen", data={**pick_form(answer), "pick-0": "1"})
    assert labels(site) == ["Eagly"]
    with site.read() as session:
        reading = get_reading(session, cast.ines, int(added.location.rpartition("/")[2]))
    assert (reading.csl["DOI"], reading.address) == (DOI, f"https://doi.org/{DOI}")


@pytest.mark.parametrize(
    "failure",
    [
        (DoiUnknown(), "We found no record for this DOI."),
        (DoiUnreachable(), "We could not look up this DOI right now."),
        ({"title": []}, "The record for this DOI has no title."),
        ({"title": {"evil": 1}, "author": 5, "issued": "x"}, "The record for this DOI has no title."),
    ],
)
def test_where_a_doi_cannot_be_looked_up_the_form_opens_with_it(site, cast, base, asked, failure):
    asked.answer, words = failure
    page = site.browser(cast.ines).post_form(f"{base}/add", f"{base}/add", source=DOI)
    assert page.status == 200
    assert words in page.text
    assert page.page.one("input", name="doi").attrs["value"] == DOI


def test_a_reading_is_written_by_hand(site, cast, base):
    browser = site.browser(cast.ines)
    fields = {"kind": "chapter", "title": "The contingency model", "authors": "Fiedler, Fred E.", "year": "1992"}
    more = {"editors": "Shafritz, Jay M.; Ott, J. Steven", "container": "Classics", "publisher": "Brooks/Cole"}
    answer = browser.post_form(f"{base}/new", f"{base}/new", **fields, **more)
    page = browser.get(answer.location)
    assert "In J. M. Shafritz & J. S. Ott (Eds.), Classics. Brooks/Cole." in page.text
    refused_again = browser.post_form(f"{base}/new", f"{base}/new", title="", doi="nonsense", year="x")
    assert refused_again.status == 422
    assert refused_again.beside("title") == "Enter the title of the reading."
    assert refused_again.beside("doi") == "Enter a DOI like 10.1000/182."


def test_the_shelf(site, cast, base):
    browser = site.browser(cast.ines)
    answer = browser.post_form(
        f"{base}/leadership", f"{base}/leadership", **{"pick-0": "1", "pick-2": "1", "pick-999": "1"}
    )
    assert answer.location.endswith(f"/courses/{cast.course_id}#readings-title")
    assert labels(site) == ["Kotter 1990", "Zaleznik 1977"]
    assert browser.post_form(f"{base}/leadership", f"{base}/leadership").status == 422


def test_only_real_forms_of_instructors_add(site, cast, base):
    source = json.dumps([{"title": "T"}])
    for name in ("add", "chosen", "new", "leadership"):
        refuses_unsafe_posts(site, cast.ines, f"{base}/{name}", source=source, **{"pick-0": "1", "title": "T"})
        for actor in (cast.tariq, cast.ana, cast.olga):
            refused(site.browser(actor).post(f"{base}/{name}", source=source, title="T", **{"pick-0": "1"}), 403)
    assert labels(site) == []
    refuses_no_visit(site, f"{base}/add")


@pytest.mark.parametrize(("name", "limit"), [("url", 1000), ("doi", 200)])
def test_what_is_too_long_is_only_told_to_be_too_long(site, cast, base, name, limit):
    """Whether it is an address takes the square of its length to find out."""
    fields = {"title": "A", name: "x" * 5_000}
    refused = site.browser(cast.ines).post_form(f"{base}/new", f"{base}/new", **fields)
    assert refused.status == 422
    assert refused.beside(name) == f"Field cannot be longer than {limit} characters."
