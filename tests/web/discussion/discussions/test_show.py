"""GET …/discussions/<id>: the discussion with the reader's progress and the posts."""

from datetime import timedelta

import pytest

from lti_app.discussion.discussions.rules import Calendar
from tests.cast import MONDAY
from tests.factories.posts import FIRST, REPLY
from tests.web.questions import costs, refused, refuses_methods, refuses_no_visit
from tests.web.site import address

STAFF = ("ines", "tariq")
OTHERS = ("ana", "olga")
TOMORROW = Calendar(opens_at=MONDAY + timedelta(days=1))
YESTERDAY = Calendar(closes_at=MONDAY - timedelta(days=1))
PROMPT = "Are managers and leaders different people?"


def has_composer(answer):
    """Whether it is there, or the way to it for those who need not begin."""
    forms = any(form.attrs.get("action", "").endswith("/posts") for form in answer.page.all("form"))
    return forms or any("data-composer" in link.attrs for link in answer.page.all("a"))


def offers(article):
    return [link.text for link in article.one("div", class_="acts").all("a") if link.text[-1].isdigit()]


@pytest.mark.parametrize("who", [*STAFF, *OTHERS])
def test_open_discussion_shows_its_prompt(site, cast, discussion, who):
    answer = site.browser(getattr(cast, who)).get(address(discussion))
    assert answer.status == 200
    assert answer.page.one("h1").text == discussion.title
    assert PROMPT in answer.text
    assert "Write a first post of at least 5 words by Thu, Mar 5, 10:00 AM." in answer.text
    assert has_composer(answer) == (who != "olga")


def test_staff_have_their_links_and_students_their_checklist(site, cast, discussion):
    here = address(discussion)
    links = {who: {a.attrs["href"] for a in site.browser(getattr(cast, who)).get(here).page.all("a")} for who in STAFF}
    assert {f"{here}/grading", f"{here}/settings"} <= links["ines"]
    assert f"{here}/grading" in links["tariq"]
    assert f"{here}/settings" not in links["tariq"]
    answer = site.browser(cast.ana).get(here)
    assert answer.page.one("section", class_="progress").one("ol").all("li", class_="open")
    assert not {a.attrs["href"] for a in answer.page.all("a")} & {f"{here}/grading", f"{here}/settings"}
    assert not site.browser(cast.olga).get(here).page.all("section", class_="progress")


def test_unprepared_discussion_leads_the_instructor_to_its_set_up(site, cast):
    path = f"/courses/{cast.course_id}/discussions/{site.reserve()}"
    answer = site.browser(cast.ines).get(path)
    assert (answer.status, answer.location) == (303, f"{path}/settings")
    for who in ("tariq", "ana", "olga"):
        answer = site.browser(getattr(cast, who)).get(path)
        assert answer.status == 200
        assert "Your instructor is still preparing this discussion." in answer.text
        assert not has_composer(answer)


def test_scheduled_discussion_is_for_staff_alone(site, cast):
    discussion = site.discussion(calendar=TOMORROW)
    for who in STAFF:
        answer = site.browser(getattr(cast, who)).get(address(discussion))
        assert PROMPT in answer.text
        assert "students can’t see it before then" in answer.text
        assert has_composer(answer)
    for who in OTHERS:
        answer = site.browser(getattr(cast, who)).get(address(discussion))
        assert (answer.status, PROMPT in answer.html) == (200, False)
        assert "This discussion opens Tue, Mar 3, 10:00 AM (Berlin). That is in 1 day." in answer.text
        assert not has_composer(answer)


def test_closed_discussion_stays_to_be_read(site, cast):
    discussion = site.discussion(calendar=YESTERDAY)
    site.write(cast.ines, discussion, "Welcome to all who lead.")
    for actor in (cast.ines, cast.ana):
        answer = site.browser(actor).get(address(discussion))
        assert "This discussion is closed." in answer.text
        assert "Welcome to all who lead." in answer.text
        assert has_composer(answer) == actor.is_staff
        links = offers(answer.page.one("article"))
        assert (("Edit 1" in links) or ("Reply 1" in links)) == actor.is_staff


def test_gate_opens_with_ones_own_first_post(site, cast, discussion):
    post = site.write(cast.ben, discussion, "Ben argues from a hospital at length.")
    site.write(cast.ines, discussion, to=post)
    browser = site.browser(cast.ana)
    before = browser.get(address(discussion))
    assert "hospital" not in before.html
    assert not before.page.all("article")
    assert "1 first post, 1 reply, 2 participants" in before.text
    assert "1 classmate has started a thread. You can see it after your own first post." in before.text
    site.write(cast.ana, discussion, "Short.")
    after = browser.get(address(discussion, ""))
    assert after.status == 404  # no slash at the end
    after = browser.get(address(discussion))
    assert [article.attrs["id"] for article in after.page.all("article")] == ["p1", "p1.1", "p2"]
    assert "hospital" in after.text


def test_without_the_rule_there_is_no_gate(site, cast):
    discussion = site.discussion(post_first=False)
    site.write(cast.ben, discussion)
    assert FIRST in site.browser(cast.ana).get(address(discussion)).text


def test_observer_reads_no_posts_and_is_promised_none(site, cast, discussion):
    site.write(cast.ben, discussion)
    answer = site.browser(cast.olga).get(address(discussion))
    assert not answer.page.all("article")
    assert "after your own first post" not in answer.text


def test_own_posts_say_how_they_count(site, cast, discussion):
    first = site.write(cast.ben, discussion)
    own = site.write(cast.ana, discussion, "Too short")
    site.write(cast.ana, discussion, to=first)
    site.write(cast.ana, discussion, "One more about it", to=first)
    site.write(cast.ben, discussion, to=own)
    answer = site.browser(cast.ana).get(address(discussion))
    badges = {
        article.attrs["id"]: [badge.text for badge in article.all("a", class_="verdict")]
        for article in answer.page.all("article")
    }
    assert badges == {
        "p1": [],
        "p1.1": ["counts: reply 1 of 2, on time"],
        "p1.2": ["not counted: second reply to the same person"],
        "p2": ["not counted yet: 3 more words needed"],
        "p2.1": [],
    }
    checklist = [item.text for item in answer.page.one("ol", class_="checklist").all("li")]
    assert checklist[0].startswith("Started: First post, 2 of 5 words")
    assert checklist[1].startswith("Started: Replies to 1 of 2 people")
    assert not site.browser(cast.ines).get(address(discussion)).page.all("span", class_="verdict")


def test_posts_offer_what_their_reader_may_do(site, cast, discussion):
    own = site.write(cast.ana, discussion)
    site.write(cast.tariq, discussion, to=own)

    def offered(actor):
        page = site.browser(actor).get(address(discussion)).page
        return [offers(article) for article in page.all("article")]

    assert offered(cast.ana) == [["Edit 1", "Delete 1"], ["Reply 1.1"]]
    assert offered(cast.ines) == [["Reply 1", "Remove 1"], ["Reply 1.1", "Remove 1.1"]]


def test_deleted_post_leaves_a_tombstone(site, cast, discussion):
    own = site.write(cast.ana, discussion, "Something that I regret now.")
    site.write(cast.ben, discussion)
    site.write(cast.ben, discussion, to=own)
    path = address(discussion, "posts", own.id, "delete")
    site.browser(cast.ana).post_form(path, path)
    for actor in (cast.ines, cast.ben):
        answer = site.browser(actor).get(address(discussion))
        assert "Deleted by its author." in answer.page.all("article")[0].text
        assert "regret" not in answer.html
        assert REPLY in answer.text


def test_readings_are_listed_with_what_to_do_with_them(site, cast, with_readings):
    page = site.browser(cast.ana).get(address(with_readings)).page
    lines = [item.text for item in page.one("ul", class_="readings").all("li")]
    assert len(lines) == 2
    assert all("required: cite it" in line for line in lines)
    site.write(cast.ana, with_readings, "I follow Kotter here. [Kotter 1990, p. 104]")
    cited = site.browser(cast.ana).get(address(with_readings)).page.one("a", class_="cited")
    assert cited.text == "Kotter 1990, p. 104"
    assert page.all("li", id=cited.attrs["href"].removeprefix("#"))


def test_other_courses_discussion_is_not_there(site, cast, discussion, foreign):
    for actor in (cast.ines, cast.ana):
        refused(site.browser(actor).get(f"/courses/{cast.course_id}/discussions/{foreign.id}"), 404)
        refused(site.browser(actor).get(f"/courses/{cast.course_id}/discussions/{10**30}"), 404)
        refused(site.browser(actor).get(f"/courses/{cast.course_id}/discussions/0"), 404)
    refused(site.browser(cast.ines).get(address(foreign)), 401)


def test_no_visit_is_told_to_come_from_the_course_page(site, discussion):
    refuses_no_visit(site, address(discussion))


def test_wrong_methods_are_refused(site, cast, discussion):
    refuses_methods(site, cast.ines, address(discussion), "POST", "PUT", "DELETE")


@pytest.mark.parametrize(("who", "most"), [("ana", 11), ("ines", 10)])
def test_statements_do_not_grow_with_the_posts(site, cast, with_readings, who, most):
    actor = getattr(cast, who)
    post = site.write(cast.ana, with_readings, "I follow Kotter in this. [Kotter 1990, p. 104]")
    site.write(cast.ines, with_readings, to=post)
    browser = site.browser(actor)
    few = costs(site, lambda: browser.get(address(with_readings)))
    for student in cast.students:
        for _ in range(4):
            site.write(student, with_readings, to=site.write(student, with_readings))
    assert costs(site, lambda: browser.get(address(with_readings))) == few <= most
