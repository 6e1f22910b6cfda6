"""GET and POST …/poll: where one stands before and after."""

import pytest

from lti_app.discussion.discussions.rules import Anonymity, StanceQuestion
from tests.web.questions import costs, refused, refuses_methods, refuses_no_visit, refuses_unsafe_posts
from tests.web.site import address

QUESTION = StanceQuestion("Are they different people?", "the same thing", "different kinds")


@pytest.fixture
def asked(site):
    return site.discussion(stance=QUESTION, post_first=False)


def answer(site, actor, discussion, value, **fields):
    """By the form of the discussion page the first time, by the page of its own after that."""
    again = "again" in fields or "moved" in fields
    page = address(discussion, "poll") if again else address(discussion)
    return site.browser(actor).post_form(address(discussion, "poll"), page, value=f"{value}", **fields)


def test_others_answers_show_only_after_ones_own(site, cast, asked):
    answer(site, cast.ben, asked, 6)
    before = site.browser(cast.ana).get(address(asked))
    assert "Your position" in before.text
    assert not before.page.all("table", class_="stances")
    assert answer(site, cast.ana, asked, 2).status == 303
    after = site.browser(cast.ana).get(address(asked))
    assert "You chose 2." in after.text
    counts = [cell.text for cell in after.page.one("table", class_="stances").all("span", class_="bar-count")]
    assert counts == ["0", "1", "0", "0", "0", "1", "0"]
    assert site.browser(cast.ines).get(address(asked)).page.all("table", class_="stances")


def test_the_first_answer_stays_and_a_later_one_shows_the_shift(site, cast, asked):
    post = site.write(cast.ben, asked)
    answer(site, cast.ana, asked, 2)
    assert answer(site, cast.ana, asked, 5, moved=post.address).status == 303
    shown = site.browser(cast.ana).get(address(asked)).text
    assert "You moved from 2 to 5. Post 1 changed your mind." in shown
    assert "0 moved toward “the same thing”, 1 moved toward “different kinds”, 0 stayed the same." in shown
    assert "Your post 1 changed the mind of Ana Brandt." in site.browser(cast.ben).get(address(asked)).text


def test_teachers_see_which_posts_moved_people_but_not_whom(site, cast, asked):
    post = site.write(cast.ben, asked)
    answer(site, cast.ana, asked, 2)
    answer(site, cast.ana, asked, 5, moved=post.address)
    answer(site, cast.chi, asked, 2)
    shown = site.browser(cast.tariq).get(address(asked)).page.one("section", id="stance").text
    assert "Posts that changed minds: 1 (1)" in shown
    assert "Ana" not in shown
    assert "Posts that changed minds" not in site.browser(cast.chi).get(address(asked)).text


def test_the_set_up_warns_of_what_was_answered(site, cast, asked):
    path = address(asked, "settings")
    assert "answered this question" not in site.browser(cast.ines).get(path).text
    answer(site, cast.ana, asked, 2)
    assert "1 student has answered this question." in site.browser(cast.ines).get(path).text


def test_sending_the_first_answer_twice_changes_nothing(site, cast, asked):
    browser, path = site.browser(cast.ana), address(asked, "poll")
    for value in ("3", "7"):
        assert browser.post(path, value=value).status == 303
    assert "You chose 3." in browser.get(address(asked)).text


def test_where_names_are_hidden_authors_learn_only_how_many(site, cast):
    discussion = site.discussion(stance=QUESTION, anonymity=Anonymity.PEERS, post_first=False)
    post = site.write(cast.ben, discussion)
    for actor in (cast.ana, cast.chi):
        answer(site, actor, discussion, 2)
        answer(site, actor, discussion, 5, moved=post.address)
    shown = site.browser(cast.ben).get(address(discussion)).text
    assert "Your post 1 changed the minds of 2 people." in shown
    assert "Ana" not in shown


@pytest.mark.parametrize("moved", ["9", "x", "1.", "2"])
def test_a_post_that_cannot_have_moved_is_refused(site, cast, asked, moved):
    site.write(cast.ben, asked)
    site.write(cast.ana, asked)  # one's own, at 2
    answer(site, cast.ana, asked, 2)
    refusal = answer(site, cast.ana, asked, 5, moved=moved)
    assert refusal.status == 422
    assert "We found no post by a classmate" in refusal.text


@pytest.mark.parametrize("value", ["", "0", "8", "x", "3.5"])
def test_off_the_scale_is_refused(site, cast, asked, value):
    assert site.browser(cast.ana).post(address(asked, "poll"), value=value).status == 422


def test_it_is_asked_again_when_replies_were_due(site, cast, asked):
    answer(site, cast.ana, asked, 2)
    assert "What is your position now?" not in site.browser(cast.ana).get(address(asked)).text
    site.clock.move(days=6, minutes=1)
    assert "What is your position now?" in site.browser(cast.ana).get(address(asked)).text
    site.clock.move(days=2)
    assert answer(site, cast.ana, asked, 4, again="1").status == 303


@pytest.mark.parametrize("who", ["ines", "tariq", "olga"])
def test_only_students_answer(site, cast, asked, who):
    path = address(asked, "poll")
    refused(site.browser(getattr(cast, who)).get(path), 403)
    refused(site.browser(getattr(cast, who)).post(path, value="3"), 403)


def test_where_nothing_is_asked_there_is_nothing(site, cast, discussion):
    refused(site.browser(cast.ana).get(address(discussion, "poll")), 404)
    refused(site.browser(cast.ana).post(address(discussion, "poll"), value="3"), 404)


def test_forged_and_strange_requests(site, cast, asked):
    path = address(asked, "poll")
    refuses_no_visit(site, path)
    refuses_unsafe_posts(site, cast.ana, path, value="3")
    refuses_methods(site, cast.ana, path, "PUT", "DELETE")
    assert "Your position" in site.browser(cast.ana).get(address(asked)).text


def test_it_costs_the_page_one_statement_and_others_none(site, cast, asked):
    browser, plain = site.browser(cast.ana), site.discussion(post_first=False)
    usual = costs(site, lambda: browser.get(address(plain)))
    assert costs(site, lambda: browser.get(address(asked))) == usual + 1
    for actor in cast.students:
        answer(site, actor, asked, 3)
    assert costs(site, lambda: browser.get(address(asked))) == usual + 1
