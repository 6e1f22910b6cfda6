"""GET …/discussions/<id>: where the page begins for newcomers, for those who come back and for those who teach."""

from datetime import timedelta

import pytest

from lti_app.discussion.discussions.rules import Anonymity, Calendar, Structure
from tests.cast import MONDAY
from tests.web.site import address

LONG = "Zaleznik says that they differ in themselves, and Kotter that they do different work. " * 4


@pytest.fixture
def asked(site):
    """A discussion with a prompt of many lines, in which others may be read at once."""
    return site.discussion(prompt=LONG, post_first=False)


def page_of(site, who, discussion):
    return site.browser(who).get(address(discussion)).page


def knows_prompt(page):
    """Whether the prompt is folded; the whole of it is there in any case, once."""
    assert page.one("div", class_="prompt").text.startswith("Zaleznik says")
    return bool(page.all("details", class_="known-prompt"))


def read(site, who, discussion, numbers):
    site.browser(who).post(address(discussion, "thread", "seen"), numbers=numbers, quiet="1")


def test_the_prompt_folds_once_its_reader_has_read_a_post(site, cast, asked):
    site.write(cast.ben, asked)
    for _ in range(2):  # to have opened the page is not to have read it
        page = page_of(site, cast.ana, asked)
        assert not knows_prompt(page)
        assert not page.all("section", class_="news")
        assert "Write your first post" in page.one("ol", class_="first-steps").text
        assert "Read the 1 post so far" in page.one("ol", class_="first-steps").text
    read(site, cast.ana, asked, "1")
    page = page_of(site, cast.ana, asked)
    assert knows_prompt(page)
    assert not page.all("ol", class_="first-steps")
    assert page.one("div", class_="news-head").one("a", href="#compose").text == "Write your first post"


def test_the_prompt_folds_once_its_reader_has_posted(site, cast, asked):
    site.write(cast.ana, asked)
    page = page_of(site, cast.ana, asked)
    assert knows_prompt(page)
    assert page.one("div", class_="news-head").text.startswith("No new posts")


def test_a_short_prompt_stands_as_it_is(site, cast, discussion):
    site.write(cast.ana, discussion)
    page = page_of(site, cast.ana, discussion)
    assert page.one("section", class_="news")
    assert not page.all("details", class_="known-prompt")


def test_before_the_gate_the_prompt_is_what_one_is_here_for(site, cast):
    discussion = site.discussion(prompt=LONG, post_first=True)
    site.write(cast.ben, discussion)
    page = page_of(site, cast.ana, discussion)
    assert not knows_prompt(page)
    assert "You can see other posts after your own first post." in page.one("ol", class_="first-steps").text
    site.write(cast.ana, discussion)
    page = page_of(site, cast.ana, discussion)
    assert knows_prompt(page)
    assert page.one("div", class_="news-head").one("h2").text == "1 new post"


def test_replies_to_the_reader_are_named_first_and_three_at_most(site, cast, asked):
    own = site.write(cast.ana, asked)
    for author in (cast.ben, cast.chi, cast.ben):
        site.write(author, asked)
    site.write(cast.chi, asked, to=own)
    page = page_of(site, cast.ana, asked)
    assert page.one("div", class_="news-head").one("h2").text == "4 new posts"
    arrivals = page.one("ul", class_="arrivals").all("li")
    assert len(arrivals) == 3
    assert "Chi" in arrivals[0].text
    assert "replied to you" in arrivals[0].text
    assert arrivals[0].one("a").attrs["href"] == "#p1.1"
    assert not any("replied to you" in one.text for one in arrivals[1:])
    read(site, cast.ana, asked, "1-5")
    page = page_of(site, cast.ana, asked)
    assert page.one("div", class_="news-head").one("h2").text == "No new posts"
    assert not page.all("ul", class_="arrivals")


def test_no_name_is_told_where_there_are_none(site, cast):
    discussion = site.discussion(prompt=LONG, post_first=False, anonymity=Anonymity.BLIND)
    site.write(cast.ana, discussion)
    site.write(cast.ben, discussion)
    for who in (cast.ana, cast.ines):
        arrivals = page_of(site, who, discussion).one("ul", class_="arrivals")
        assert "Ben" not in arrivals.text
        assert all(name.text for name in arrivals.all("b"))


def test_what_is_still_owed_stands_open_and_the_rest_below_it(site, cast):
    discussion = site.discussion(prompt=LONG)
    newcomer = page_of(site, cast.ana, discussion).one("section", class_="progress")
    everything = len(newcomer.all("li"))
    assert not newcomer.all("details")
    site.write(cast.ana, discussion)
    progress = page_of(site, cast.ana, discussion).one("section", class_="progress")
    rest = progress.one("details")
    assert rest.one("summary").text == f"1 of {everything} done"
    assert [one.classes for one in rest.all("li")] == [["met"]]
    assert len(progress.all("li")) == everything


def test_those_who_teach_see_what_waits(site, cast, asked):
    page = page_of(site, cast.ines, asked)
    assert not knows_prompt(page)
    assert not page.all("section", class_="waiting")
    site.write(cast.ana, asked)
    page = page_of(site, cast.ines, asked)
    assert knows_prompt(page)
    waiting = {a.attrs["href"].rpartition("/")[2]: a.text for a in page.one("section", class_="waiting").all("a")}
    assert waiting == {"unanswered": "1 first post without a reply", "grading": "1 student to grade"}
    site.mark(asked, cast.ana)
    site.write(cast.ben, asked, to=site.write(cast.ines, asked))
    site.mark(asked, cast.ben)
    page = page_of(site, cast.tariq, asked)
    assert "student to grade" not in page.one("section", class_="waiting").text
    assert not page_of(site, cast.ana, asked).all("section", class_="waiting")


@pytest.mark.parametrize(
    ("structure", "words"),
    [(Structure.QUESTIONS, "Ask a question"), (Structure.TOPICS, "Start a topic")],
    ids=["questions", "topics"],
)
def test_the_first_step_has_the_name_of_what_is_written_here(site, cast, structure, words):
    discussion = site.discussion(structure=structure, post_first=False)
    assert words in page_of(site, cast.ana, discussion).one("ol", class_="first-steps").text


def test_of_a_closed_discussion_one_reads(site, cast):
    tomorrow = Calendar(closes_at=MONDAY + timedelta(days=1))
    discussion = site.discussion(prompt=LONG, calendar=tomorrow, post_first=False)
    site.write(cast.ben, discussion)
    site.clock.move(days=2)
    page = page_of(site, cast.ana, discussion)
    assert not page.all("ol", class_="first-steps")
    assert not page.all("a", href="#compose")
    assert page.one("p", class_="first-steps").text == "Read the 1 post"
    assert "This discussion is closed." in page.one("div", class_="brief").text
