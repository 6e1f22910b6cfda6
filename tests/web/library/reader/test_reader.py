"""The reader's pages: giving a file with the right to share it, reading it, making passages of it."""

import json

import pytest
from sqlalchemy import select

from lti_app.discussion.posts.models import Citation
from lti_app.library.readings.actions.passages import find_or_add_passage
from lti_app.library.readings.models import Passage, Reading, ReadingState
from tests.factories import files
from tests.web.browser import policy_of
from tests.web.library.reader.giving import HTML, TEXT, at, give
from tests.web.questions import costs, refused, refuses_no_visit, refuses_unsafe_posts
from tests.web.site import address

QUOTE = {"page": "103", "exact": "Leaders set a direction.", "suffix": "Managers plan."}


def test_an_instructor_gives_a_file_and_says_why_they_may(site, cast, given):
    (file,) = site.files()
    assert (file.rights.value, file.rights_note, file.media_type.value) == (
        "open_licence",
        "CC BY 4.0",
        "application/pdf",
    )
    page = site.browser(cast.ines).get(at(cast, given, "file"))
    assert "kotter.pdf" in page.text


def test_the_form_knows_the_first_page_of_the_record(site, cast, reading):
    page = site.browser(cast.ines).get(at(cast, reading, "file")).page
    assert page.one("input", name="first_page").attrs["value"] == "103"


@pytest.mark.parametrize(
    "sent",
    [
        (TEXT, {"ground": ""}, "Choose why you may share this text"),
        (TEXT, {"ground": "because"}, "Not a valid choice"),
        (TEXT, {"first_page": "0"}, "between 1 and 99999"),
        (TEXT, {"note": "x" * 501}, "up to 500 characters"),
        (files.png(), {}, "Accepted types: PDF, HTML"),
        (b"", {}, "empty"),
        (b"<html>" + b"x" * 5_100_000, {}, "up to 5 MB"),
    ],
)
def test_a_refused_file_says_why_and_keeps_what_was_typed(site, cast, reading, sent):
    data, fields, words = sent
    answer = give(site, cast, reading, data, **fields)
    assert answer.status == 422
    assert words in answer.text
    assert answer.page.one("input", name="note").attrs["value"] == fields.get("note", "CC BY 4.0")
    assert site.files() == []


def test_too_large_a_file_is_refused_before_it_is_read(site, cast, reading):
    refused(give(site, cast, reading, b"%PDF-" + bytes(60_000_000)), 413)


def test_only_instructors_give_files(site, cast, reading):
    for actor in (cast.ana, cast.tariq, cast.olga):
        refused(site.browser(actor).get(at(cast, reading, "file")), 403)
        refused(site.browser(actor).post(at(cast, reading, "file", "remove")), 403)
    refuses_no_visit(site, at(cast, reading, "file"))


def test_a_file_is_taken_back(site, cast, given):
    browser = site.browser(cast.ines)
    path = at(cast, given, "file")
    assert browser.post_form(f"{path}/remove", path).status == 303
    assert "has no file" in browser.get(at(cast, given, "read")).text


def test_a_pdf_is_read_in_the_reader(site, cast, given):
    answer = site.browser(cast.olga).get(f"{at(cast, given, 'read')}?from=1")
    area = answer.page.one("div", **{"data-reader": "pdf"})
    assert area.attrs["data-first-page"] == "103"
    assert site.browser(cast.ana).get(area.attrs["data-url"]).body == TEXT
    assert policy_of(answer)["worker-src"] == ["'self'"]
    assert [link.attrs["href"] for link in answer.page.all("a") if "browser’s own" in link.text] == [
        area.attrs["data-url"]
    ]


def test_course_and_discussion_lead_to_what_is_read_here(site, cast, given):
    discussion = site.discussion(reading_ids=(given,), title="Another")
    for path, more in ((address(discussion), f"?from={discussion.id}"), (f"/courses/{cast.course_id}", "")):
        links = [link.attrs["href"] for link in site.browser(cast.ana).get(path).page.all("a") if "Read" in link.text]
        assert links == [at(cast, given, "read") + more]


def test_workers_are_for_the_reader_alone(site, cast, given):
    assert "worker-src" not in policy_of(site.browser(cast.ana).get(f"/courses/{cast.course_id}"))


def test_an_html_reading_is_clean_and_its_paragraphs_are_numbered(site, cast, reading):
    give(site, cast, reading, HTML, "leaders.html")
    answer = site.browser(cast.ana).get(at(cast, reading, "read"))
    text = answer.page.one("article")
    assert [p.attrs["data-paragraph"] for p in text.all("p")] == ["1", "2"]
    assert [p.text for p in text.all("p")] == ["Set a direction.", "Managers plan."]
    assert "x()" not in answer.html
    assert "worker-src" not in policy_of(answer)


def test_a_reading_without_a_file_leads_to_where_it_is(site, cast, reading):
    assert "no file or link" in site.browser(cast.ana).get(at(cast, reading, "read")).text
    with site.database.writing() as session:
        session.get_one(Reading, reading).url = "https://hbr.org/x"
    page = site.browser(cast.ana).get(at(cast, reading, "read"))
    (way,) = [link for link in page.page.all("a") if "Open the reading" in link.text]
    assert (way.attrs["href"], way.attrs["rel"]) == (at(cast, reading, "open"), "noopener")
    assert "Add a file for the class" not in page.text
    assert "Add a file for the class" in site.browser(cast.ines).get(at(cast, reading, "read")).text


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ({"page": "104"}, "Page 104"),
        ({"paragraph": "7"}, "Paragraph 7"),
        ({"page": "104", "paragraph": "2"}, "Page 104, paragraph 2"),
        ({}, "The whole reading"),
    ],
)
def test_what_is_read_elsewhere_is_cited_by_page_or_paragraph_and_a_sentence(site, cast, reading, place, words):
    path, browser = at(cast, reading, "read"), site.browser(cast.ana)
    sent = browser.post_form(
        at(cast, reading, "passages"), path, then="post", exact="Leaders set a direction.", **place
    )
    composer = browser.get(browser.get(sent.location).location)
    assert "Leaders set a direction." in composer.kept[0]
    with site.read() as session:
        (passage,) = session.scalars(select(Passage))
    discussion = site.discussion(reading_ids=(reading,), required_ids=frozenset())
    with site.database.writing() as session:
        post = site.write(cast.ben, discussion)
        session.add(Citation(post_id=post.id, passage_id=passage.id))
    shown = site.browser(cast.ben).get(f"{path}?passage={passage.id}").page
    assert shown.one("section", class_="wanted-passage").one("h2").text == words
    assert shown.one("ul", class_="cited-places").text == f"{words} 1 post Leaders set a direction."
    assert "cited-places" not in browser.get(path).html  # she must write first


def test_readings_of_other_courses_are_not_there(site, cast, given):
    browser = site.browser(cast.stranger)
    for path in ("read", "cite?passage=1"):
        refused(browser.get(at(cast, given, path).replace(f"/{cast.course_id}/", f"/{cast.stranger.course_id}/")), 404)
    for path in ("place", "passages"):
        there = at(cast, given, path).replace(f"/{cast.course_id}/", f"/{cast.stranger.course_id}/")
        refused(browser.post(there, page="1"), 404)


def test_words_become_a_passage_that_the_post_begins_with(site, cast, given):
    path = at(cast, given, "read")
    browser = site.browser(cast.ana)
    answer = browser.post_form(at(cast, given, "passages"), path, then="post", **QUOTE)
    assert answer.status == 303
    with site.read() as session:
        (passage,) = session.scalars(select(Passage))
    assert (passage.page, passage.exact, passage.suffix) == ("103", QUOTE["exact"], QUOTE["suffix"])
    answer = browser.get(answer.location)
    assert answer.location.endswith(f"?cite={passage.id}#compose")
    again = browser.post_form(at(cast, given, "passages"), path, then="class", **QUOTE)
    assert f"passage={passage.id}" in again.location
    assert "/citations" in again.location


def test_observers_make_no_passages(site, cast, given):
    browser = site.browser(cast.olga)
    page = browser.get(at(cast, given, "read")).page
    assert "hidden" in page.one("section", class_="by-hand").attrs
    assert "Cite this page" not in page.text
    refused(browser.post(at(cast, given, "passages"), **QUOTE, paragraph="", prefix=""), 403)
    refused(browser.post(at(cast, given, "passages"), **QUOTE, paragraph="", prefix="", then="class"), 403)
    with site.read() as session:
        assert session.scalars(select(Passage)).all() == []


def test_a_text_read_in_several_discussions_asks_where_to_cite(site, cast, given):
    other = site.discussion(reading_ids=(given,), required_ids=frozenset(), title="Another")
    browser = site.browser(cast.ana)
    answer = browser.post_form(at(cast, given, "passages"), at(cast, given, "read"), page="104")
    choice = browser.get(answer.location)
    assert "Another" in choice.text
    straight = browser.post_form(at(cast, given, "passages"), f"{at(cast, given, 'read')}?from={other.id}", page="104")
    assert f"/discussions/{other.id}?cite=" in browser.get(straight.location).location


def test_too_long_a_quotation_comes_back(site, cast, given):
    answer = site.browser(cast.ana).post_form(
        at(cast, given, "passages"), at(cast, given, "read"), page="1", exact="x" * 2001
    )
    assert answer.status == 422
    assert answer.kept == ["x" * 2001]


def test_forged_passages_and_places_change_nothing(site, cast, given):
    for path in ("passages", "place"):
        refuses_unsafe_posts(site, cast.ana, at(cast, given, path), page="103")
    with site.read() as session:
        assert not session.scalars(select(Passage)).all()
        assert not session.scalars(select(ReadingState)).all()


def test_how_far_one_has_got_is_kept(site, cast, given):
    browser = site.browser(cast.ana)
    assert browser.post(at(cast, given, "place")).status == 204
    assert browser.post(at(cast, given, "place"), page="104").status == 204
    assert browser.post(at(cast, given, "place"), page="x" * 21).status == 400
    with site.read() as session:
        (state,) = session.scalars(select(ReadingState))
    assert (state.person_id, state.page) == (cast.ana.person_id, "104")
    assert state.opened_at == site.clock()


def cited(site, actor, cast, reading):
    area = site.browser(actor).get(at(cast, reading, "read")).page.one("div", **{"data-reader": "pdf"})
    return [(each["exact"], each["count"]) for each in json.loads(area.attrs["data-cited"])]


def test_passages_are_counted_for_those_who_may_read_the_posts(site, cast, given):
    with site.read() as session:
        assert session is not None
    discussion = site.discussion(reading_ids=(given,), required_ids=frozenset())
    post = site.write(cast.ben, discussion)
    with site.database.writing() as session:
        passage = find_or_add_passage(session, given, **QUOTE)
        session.add(Citation(post_id=post.id, passage_id=passage))
    for actor in (cast.ines, cast.ben):
        assert cited(site, actor, cast, given) == [(QUOTE["exact"], 1)]
    assert cited(site, cast.ana, cast, given) == []  # she must write first
    site.write(cast.ana, discussion)
    assert cited(site, cast.ana, cast, given) == [(QUOTE["exact"], 1)]


def test_the_reader_costs_few_statements(site, cast, given):
    browser = site.browser(cast.ana)
    with site.database.writing() as session:
        passage = find_or_add_passage(session, given, **QUOTE)
    assert costs(site, lambda: browser.get(at(cast, given, "read"))) == 3
    assert costs(site, lambda: browser.get(f"{at(cast, given, 'read')}?passage={passage}")) == 4


def test_citations_in_posts_lead_to_their_page(site, cast, given):
    discussion = site.discussion(reading_ids=(given,))
    site.write(cast.ana, discussion, "As [Kotter 1990, p. 104] has it, more or less.")
    browser = site.browser(cast.ana)
    chip = browser.get(address(discussion)).page.one("a", class_="cited")
    assert chip.attrs["href"] == at(cast, given, "read") + "?page=104"
    reader = browser.get(chip.attrs["href"]).page.one("div", class_="sheets")
    assert json.loads(reader.attrs["data-wanted"])["page"] == "104"
