"""GET …/cited: what a citation cites, in the words of the file that the class reads here."""

from threading import Event

import pytest

from lti_app.jobs.pages import PageReader
from lti_app.library.passages.actions import store_text
from lti_app.library.passages.rules import Page, TextStorage
from lti_app.library.readings.actions.pages import store_pages
from lti_app.library.readings.actions.passages import find_or_add_passage
from lti_app.library.readings.models import Reading
from lti_app.web.library.uploads import STORAGE
from tests.factories import files
from tests.web.library.reader.giving import HTML, at, give
from tests.web.questions import costs, refused, refuses_no_visit


@pytest.fixture
def read(site):
    """Let the worker read what there is."""
    return PageReader(site.database, site.app.extensions[STORAGE], Event()).read_new


def quoted(answer):
    return [each.text for each in answer.page.all("blockquote")]


def test_a_page_is_shown_once_the_worker_has_read_it(site, cast, given, read):
    browser = site.browser(cast.ben)
    assert quoted(browser.get(f"{at(cast, given, 'cited')}?page=103")) == []
    assert "not available here" in browser.get(f"{at(cast, given, 'cited')}?page=103").text
    read()
    before = costs(site, lambda: browser.get(f"{at(cast, given, 'cited')}?page=103"))
    assert quoted(browser.get(f"{at(cast, given, 'cited')}?page=103")) == ["Leaders set a direction. Managers plan."]
    both = browser.get(f"{at(cast, given, 'cited')}?page=103–104")
    assert quoted(both) == ["Leaders set a direction. Managers plan. The end."]
    assert quoted(browser.get(f"{at(cast, given, 'cited')}?page=999")) == []
    assert quoted(browser.get(at(cast, given, "cited"))) == []
    assert before <= 5


def test_quoted_words_are_marked_among_those_around_them(site, cast, given, read):
    read()
    with site.database.writing() as session:
        passage = find_or_add_passage(session, given, page="103", exact="set a direction")
    page = site.browser(cast.ana).get(f"{at(cast, given, 'cited')}?passage={passage}").page
    assert page.one("blockquote").text == "Leaders set a direction . Managers plan."
    assert page.one("mark").text == "set a direction"
    (link,) = [each for each in page.all("a") if each.text == "Open in the reader"]
    assert link.attrs["href"] == f"{at(cast, given, 'read')}?passage={passage}"


def test_a_document_without_pages_is_cited_by_its_paragraphs(site, cast, reading, read):
    give(site, cast, reading, HTML, "kotter.html")
    read()
    browser = site.browser(cast.ana)
    assert quoted(browser.get(f"{at(cast, reading, 'cited')}?paragraph=2")) == ["Managers plan."]
    assert quoted(browser.get(f"{at(cast, reading, 'cited')}?page=2")) == []


def test_without_a_file_only_the_words_that_were_cited_are_known(site, cast, reading):
    with site.database.writing() as session:
        pages = [Page("104", "Kept for the check. " * 40)]
        store_text(session, cast.ines, reading, pages, stored_as=TextStorage.TEXT, now=site.clock())
        passage = find_or_add_passage(session, reading, page="104", exact="align people", prefix="Leaders")
    browser = site.browser(cast.ana)
    assert quoted(browser.get(f"{at(cast, reading, 'cited')}?page=104")) == []
    assert quoted(browser.get(f"{at(cast, reading, 'cited')}?passage={passage}")) == ["Leaders align people"]


def test_a_file_that_is_taken_away_leaves_no_text_behind(site, cast, given, read):
    read()
    browser = site.browser(cast.ines)
    browser.post(at(cast, given, "file", "remove"))
    assert quoted(browser.get(f"{at(cast, given, 'cited')}?page=103")) == []
    give(site, cast, given, files.pdf(["Another text."]))
    assert quoted(browser.get(f"{at(cast, given, 'cited')}?page=103")) == []
    read()
    assert quoted(browser.get(f"{at(cast, given, 'cited')}?page=103")) == ["Another text."]


def test_a_file_that_was_replaced_while_it_was_read_is_not_stored(site, cast, given):
    old = site.files()[0].id
    give(site, cast, given, files.pdf(["Another text."]))
    with site.database.writing() as session:
        assert not store_pages(session, given, old, [("103", "Old.")])
        assert session.get(Reading, given).paged_file_id is None
    assert quoted(site.browser(cast.ines).get(f"{at(cast, given, 'cited')}?page=103")) == []


def test_a_scanned_file_is_read_once(site, cast, reading, read):
    give(site, cast, reading, files.pdf([]))
    read()
    with site.database.read() as session:
        assert session.get(Reading, reading).paged_file_id == site.files()[0].id
    read()


def test_other_courses_have_no_part_in_it(site, cast, given, read):
    read()
    refused(
        site.browser(cast.elsewhere).get(f"/courses/{cast.elsewhere.course_id}/readings/{given}/cited?page=103"), 404
    )
    refuses_no_visit(site, at(cast, given, "cited"))
