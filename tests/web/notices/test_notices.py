"""The list of notices in the browser, and following."""

import pytest

from lti_app.discussion.discussions.queries.discussion import get_discussion
from lti_app.notices.feed.models import Notice
from tests.factories.notices import gather_all, notify, seen_by
from tests.statements import count_statements
from tests.web.questions import refused


@pytest.fixture
def home(cast):
    return f"/courses/{cast.course_id}"


@pytest.fixture
def here(home, discussion):
    return f"{home}/discussions/{discussion.id}"


@pytest.fixture
def posts(site, cast, discussion):
    """Ana's first post, with an answer by Ben."""
    first = site.write(cast.ana, discussion)
    site.write(cast.ben, discussion)
    answer = site.write(cast.ben, discussion, to=first, text="That is not what Kotter says.")
    gather(site)
    return first, answer


def lines_of(page):
    return [each for each in page.all("li") if "notice-line" in each.attrs.get("class", "")]


def gather(site):
    with site.database.writing() as session:
        gather_all(session, now=site.clock())


def own(site, actor):
    with site.database.read() as session:
        return seen_by(session, actor, now=site.clock())


def test_an_empty_list_says_what_will_come(site, cast, home):
    assert "When someone replies to you or mentions you" in site.browser(cast.ana).get(f"{home}/notices").text


def test_an_answer_is_listed_and_opening_it_marks_it_as_read(site, cast, home, here, posts):
    browser = site.browser(cast.ana)
    assert "1 new notification" in browser.get(home).text
    assert "1 new notification" in browser.get(here).text
    page = browser.get(f"{home}/notices")
    assert "Ben Carter replied to you." in page.text
    assert "That is not what Kotter says." in page.text
    (line,) = own(site, cast.ana)
    answer = browser.get(f"{home}/notices/{line.id}")
    assert (answer.status, answer.headers["Location"]) == (303, f"{here}?at=1.1#p1.1")
    assert "new notification" not in browser.get(home).text
    assert "1 unread" not in browser.get(f"{home}/notices").text


def test_all_are_marked_as_read_at_once(site, cast, home, posts):
    browser = site.browser(cast.ana)
    assert browser.post_form(f"{home}/notices/read", f"{home}/notices").status == 303
    assert [line.is_read for line in own(site, cast.ana)] == [True]


def test_nobody_opens_the_notice_of_another(site, cast, home, posts):
    (line,) = own(site, cast.ana)
    refused(site.browser(cast.ben).get(f"{home}/notices/{line.id}"), 404)
    refused(site.browser(cast.ana).get(f"{home}/notices/{10**12}"), 404)


def test_more_than_a_page_of_notices_goes_on(site, cast, home):
    with site.database.writing() as session:
        for _ in range(35):
            notify(session, cast.ana, now=site.clock())
        session.query(Notice).update({Notice.read_at: site.clock()})
    page = site.browser(cast.ana).get(f"{home}/notices").page
    (older,) = [link for link in page.all("a") if link.attrs.get("rel") == "next"]
    assert len(lines_of(page)) == 30
    rest = site.browser(cast.ana).get(older.attrs["href"]).page
    assert len(lines_of(rest)) == 5


def test_a_discussion_and_a_thread_are_followed_and_left(site, cast, home, here, posts):
    browser = site.browser(cast.chi)
    site.write(cast.chi, site_discussion(site, here))
    first, _answer = posts
    assert "Follow this discussion" in browser.get(here).text
    for where in (f"{here}/follow", f"{here}/follow?thread={first.id}"):
        assert browser.send(where, "POST", data={"csrf_token": browser.token(here), "do": "follow"}).status == 303
    assert "Stop following" in browser.get(here).text
    page = browser.get(f"{home}/notices").text
    assert "What you follow" in page
    assert "thread 1" in page
    for where in (f"{here}/follow", f"{here}/follow?thread={first.id}"):
        assert browser.send(where, "POST", data={"csrf_token": browser.token(here), "do": "unfollow"}).status == 303
    assert "What you follow" not in browser.get(f"{home}/notices").text


def site_discussion(site, here):
    """The discussion of this address, as Chi has it."""
    with site.database.read() as session:
        return get_discussion(session, site.cast.chi, int(here.rpartition("/")[2]), now=site.clock())


def test_a_page_asks_as_much_of_the_database_however_many_notices_there_are(site, cast, home, here, posts):
    browser = site.browser(cast.ana)

    def statements(path):
        with count_statements(site.database.engine) as sent:
            assert browser.get(path).status == 200
        return len(sent)

    statements(here)  # the first time it is opened, that is recorded
    few = [statements(path) for path in (f"{home}/notices", home, here)]
    with site.database.writing() as session:
        for _ in range(8):
            notify(session, cast.ana, now=site.clock())
    assert [statements(path) for path in (f"{home}/notices", home, here)] == few
