"""…/unanswered: who still waits for an answer, and telling others that one is at it."""

import pytest

from lti_app.discussion.discussions.rules import Anonymity
from tests.web.questions import costs, refused, refuses_no_visit, refuses_unsafe_posts
from tests.web.site import address


@pytest.fixture
def path(discussion):
    return address(discussion, "unanswered")


def test_the_discussion_tells_how_many_are_answered(site, cast, discussion, path):
    first = site.write(cast.ben, discussion)
    site.write(cast.chi, discussion)
    site.write(cast.chi, discussion, to=first)
    line = site.browser(cast.ines).get(address(discussion)).page.one("p", class_="mix")
    assert "1 of 2 first posts answered" in line.text
    assert [link.attrs["href"] for link in line.all("a")] == [path]


def test_reply_takes_a_claim_and_leads_to_the_composer(site, cast, discussion, path):
    first = site.write(cast.ben, discussion, "Leaders set a direction.")
    site.write(cast.ana, discussion)
    site.write(cast.chi, discussion)
    ana, chi = site.browser(cast.ana), site.browser(cast.chi)
    assert "Leaders set a direction." in ana.get(path).text
    reply = address(discussion, "posts", first.id, "reply")
    answer = ana.post_form(f"{path}/{first.id}", path)
    assert (answer.status, answer.location) == (303, reply)
    assert "Reserved for you until 10:30 AM: others see that you are replying." in ana.get(reply).text
    assert "Ana Brandt is replying to this post." in chi.get(path).text
    assert "Ana Brandt is replying to this post too." in chi.get(reply).text
    assert chi.post_form(address(discussion, "posts"), reply, text="I answer all the same.").status == 303
    assert "Ben Carter" not in ana.get(path).page.one("ul", class_="unanswered").text


def test_it_is_released_by_hand_by_posting_and_by_itself(site, cast, discussion, path):
    first = site.write(cast.ben, discussion)
    site.write(cast.ana, discussion)
    site.write(cast.chi, discussion)
    ana, chi = site.browser(cast.ana), site.browser(cast.chi)
    reply = address(discussion, "posts", first.id, "reply")
    ana.post_form(f"{path}/{first.id}", path)
    assert ana.post_form(f"{path}/{first.id}/release", reply).location == path
    assert "is replying to this post" not in chi.get(path).text
    ana.post_form(f"{path}/{first.id}", path)
    site.clock.move(minutes=30)
    assert "is replying to this post" not in chi.get(path).text
    ana.post_form(f"{path}/{first.id}", path)
    ana.post_form(address(discussion, "posts"), reply, text="Here is my answer.")
    assert "is replying to this post" not in chi.get(path).text + chi.get(reply).text


def test_others_who_wait_stand_beside_the_composer(site, cast, discussion):
    answered = site.write(cast.ben, discussion)
    site.write(cast.chi, discussion, "Nobody has answered me so far.")
    site.write(cast.ana, discussion)
    page = site.browser(cast.ana).get(address(discussion, "posts", answered.id, "reply")).page
    others = page.one("section", class_="unanswered-posts")
    assert "Nobody has answered me so far." in others.text
    assert "Ben Carter" not in others.text


def test_where_names_are_hidden_nobody_is_named(site, cast):
    discussion = site.discussion(anonymity=Anonymity.PEERS, post_first=False)
    first = site.write(cast.ben, discussion)
    path = address(discussion, "unanswered")
    site.browser(cast.ana).post_form(f"{path}/{first.id}", path)
    seen = site.browser(cast.chi).get(path)
    assert "A classmate is replying to this post." in seen.text
    assert not {"Ana Brandt", "Ben Carter"} & {name for name in ("Ana Brandt", "Ben Carter") if name in seen.text}


def test_nothing_waits_where_nobody_has_written(site, cast, discussion, path):
    site.write(cast.ana, discussion)
    assert "All of your classmates’ first posts have a reply." in site.browser(cast.ana).get(path).text


def test_who_does_not_read_does_not_see_the_list(site, cast, discussion, path):
    first = site.write(cast.ben, discussion, "Not before your own.")
    refused(site.browser(cast.olga).get(path), 403)
    answer = site.browser(cast.ana).get(path)
    assert answer.status == 422
    assert "Not before your own." not in answer.html
    refused(site.browser(cast.ana).post(f"{path}/{first.id}"), 404)


def test_no_visit_and_no_token(site, cast, discussion, path):
    first = site.write(cast.ben, discussion)
    refuses_no_visit(site, path)
    refuses_unsafe_posts(site, cast.ana, f"{path}/{first.id}")
    refuses_unsafe_posts(site, cast.ana, f"{path}/{first.id}/release")


def test_statements_do_not_grow(site, cast, discussion, path):
    site.write(cast.ana, discussion)
    site.write(cast.ben, discussion)
    browser = site.browser(cast.ana)
    few = costs(site, lambda: browser.get(path))
    for _ in range(5):
        site.write(cast.chi, discussion)
    assert costs(site, lambda: browser.get(path)) == few <= 6
