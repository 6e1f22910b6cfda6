"""GET …/thread/news?since=…: what others have posted since a page was made."""

import json
from datetime import timedelta

import pytest

from lti_app.course.courses.rules import Role
from lti_app.discussion.discussions.actions.extensions import extend
from lti_app.discussion.discussions.queries.discussion import get_discussion
from lti_app.discussion.discussions.rules import Anonymity, Calendar
from tests.cast import MONDAY
from tests.web.questions import costs, refused, refuses_methods, refuses_no_visit
from tests.web.site import address


@pytest.fixture
def path(discussion):
    return address(discussion, "thread", "news")


def news(browser, path, since):
    answer = browser.get(f"{path}?since={since}")
    assert answer.status in (200, 204)
    return json.loads(answer.html) if answer.status == 200 else {}


def test_it_tells_how_many_and_where_the_first_is(site, cast, discussion, path):
    first = site.write(cast.ana, discussion)
    site.write(cast.ben, discussion)
    ana = site.browser(cast.ana)
    since = ana.get(address(discussion)).page.one("div", class_="thread-tools").attrs["data-since"]
    assert news(ana, path, since) == {}
    site.write(cast.ben, discussion, to=first)
    href = f"{address(discussion)}?at=1.1#p1.1"
    assert news(ana, path, since) == {"count": 1, "words": "1 new post", "href": href}
    site.write(cast.chi, discussion)
    assert news(ana, path, since) == {"count": 2, "words": "2 new posts", "href": href}
    assert "1.1" in [article.attrs["id"].removeprefix("p") for article in ana.get(href).page.all("article")]


def test_ones_own_and_what_is_gone_hidden_or_held_is_no_news(site, cast, discussion, path):
    site.write(cast.ana, discussion)
    ben, ana, ines = (site.browser(actor) for actor in (cast.ben, cast.ana, cast.ines))
    gone, hidden, held = (site.write(cast.ben, discussion, f"Post {n} by Ben.") for n in range(3))
    site.write(cast.ana, discussion, "Another of my own.")
    assert news(ana, path, 1)["count"] == 3
    delete = address(discussion, "posts", gone.id, "delete")
    assert ben.post_form(delete, delete).status == 303
    hide = address(discussion, "moderation", "posts", hidden.id, "hide")
    assert ines.post_form(hide, hide, reason="Names a patient.").status == 303
    assert ines.post(address(discussion, "moderation", "posts", held.id, "hold")).status == 303
    assert news(ana, path, 1) == {}


@pytest.mark.parametrize("since", ["", "x", "-5", "0", "1.5", "%00", "'--"])
def test_whatever_is_no_number_asks_for_all(site, cast, discussion, path, since):
    site.write(cast.ana, discussion)
    site.write(cast.ben, discussion)
    assert news(site.browser(cast.ana), path, since)["count"] == 1


def test_nothing_comes_after_more_posts_than_there_are(site, cast, discussion, path):
    site.write(cast.ana, discussion)
    site.write(cast.ben, discussion)
    assert news(site.browser(cast.ana), path, "9" * 40) == {}


def test_nothing_is_told_before_ones_own_first_post(site, cast, discussion, path):
    site.write(cast.ben, discussion, "Not before your own.")
    refused(site.browser(cast.ana).get(f"{path}?since=0"), 422)
    refused(site.browser(cast.olga).get(f"{path}?since=0"), 403)
    assert news(site.browser(cast.tariq), path, 0)["count"] == 1


def test_where_names_are_hidden_it_names_nobody(site, cast):
    discussion = site.discussion(anonymity=Anonymity.PEERS, post_first=False)
    site.write(cast.ben, discussion)
    told = news(site.browser(cast.ana), address(discussion, "thread", "news"), 0)
    assert told.keys() == {"count", "words", "href"}
    assert "Ben" not in json.dumps(told)


def test_other_courses_have_none_of_it(site, cast, foreign, path):
    ana = site.browser(cast.ana)
    refused(ana.get(f"/courses/{cast.course_id}/discussions/{foreign.id}/thread/news"), 404)
    refused(ana.get(address(foreign, "thread", "news")), 401)
    refuses_no_visit(site, path)
    refuses_methods(site, cast.ana, path, "POST")


def test_asking_costs_the_same_however_much_there_is(site, cast, discussion, path):
    site.write(cast.ana, discussion)
    ana = site.browser(cast.ana)
    few = costs(site, lambda: ana.get(f"{path}?since=0"))
    for _ in range(5):
        site.write(cast.ben, discussion)
    assert costs(site, lambda: ana.get(f"{path}?since=0")) == few == 1


def test_what_has_been_heard_is_not_told_again(site, cast, discussion, path):
    site.write(cast.ana, discussion)
    ana, ben = site.browser(cast.ana), site.browser(cast.ben)

    def ask(heard):
        answer = ana.get(f"{path}?since=1", headers={"If-None-Match": heard})
        return answer.status, answer.headers["ETag"]

    assert ask('"0-"') == (304, '"0-"')
    first = site.write(cast.ben, discussion)
    status, heard = ask('"0-"')
    assert status == 200
    assert ask(heard) == (304, heard)
    second = site.write(cast.ben, discussion)
    status, heard = ask(heard)
    assert status == 200
    for post in (first, second):
        delete = address(discussion, "posts", post.id, "delete")
        assert ben.post_form(delete, delete).status == 303
    assert ask(heard) == (204, '"0-"')


def test_who_may_read_no_longer_is_told_so_at_once(site, cast, discussion, path):
    site.write(cast.ben, discussion)
    own = site.write(cast.ana, discussion)
    ana, heard = site.browser(cast.ana), {"headers": {"If-None-Match": '"0-"'}}
    assert ana.get(f"{path}?since=2", **heard).status == 304
    delete = address(discussion, "posts", own.id, "delete")
    assert ana.post_form(delete, delete).status == 303
    refused(ana.get(f"{path}?since=2", **heard), 422)
    site.remove(cast.ana)
    refused(ana.get(f"{path}?since=2", **heard), 401)


def test_a_visit_that_is_over_or_of_another_role_decides(site, cast, discussion, path):
    site.write(cast.ben, discussion)
    ines = site.browser(cast.ines)
    assert ines.get(f"{path}?since=1").status == 204
    site.browser(cast.ines, role=Role.STUDENT)
    refused(ines.get(f"{path}?since=1"), 422)
    site.clock.move(hours=11)
    refused(ines.get(f"{path}?since=1"), 401)


def test_ones_own_later_dates_decide_whether_it_is_closed(site, cast):
    """A closed discussion shows all to everybody, but not to whom it is still open and who has not posted."""
    closed = site.discussion(calendar=Calendar(closes_at=MONDAY + timedelta(hours=1)))
    site.write(cast.ben, closed)
    with site.database.writing() as session:
        view = get_discussion(session, cast.ines, closed.id, now=site.clock())
        later = {"dates": Calendar(closes_at=MONDAY + timedelta(days=1)), "note": "", "now": site.clock()}
        extend(session, cast.ines, view, person_id=cast.ana.person_id, **later)
    site.clock.move(hours=2)
    here = address(closed, "thread", "news")
    assert news(site.browser(cast.chi), here, 0)["count"] == 1
    refused(site.browser(cast.ana).get(f"{here}?since=0"), 422)
