"""POST …/thread/seen: what a reader has seen is not new to them any more."""

import pytest

from tests.web.questions import costs, refused, refuses_methods, refuses_unsafe_posts
from tests.web.site import address


@pytest.fixture
def path(discussion):
    return address(discussion, "thread", "seen")


@pytest.fixture
def thread(site, cast, discussion):
    """Ana's first post is number 1; Ben's and Chi's, which are new to her, 2 to 5."""
    site.write(cast.ana, discussion)
    for author in (cast.ben, cast.chi, cast.ben, cast.chi):
        site.write(author, discussion)
    return discussion


def new_to(browser, discussion):
    """The numbers of the posts that a page marks as new, and how many it says there are."""
    page = browser.get(address(discussion)).page
    marked = [int(article.attrs["data-n"]) for article in page.all("article", class_="new")]
    said = page.one("p", class_="thread-news").all("b")
    assert bool(said) == bool(marked)
    assert not said or said[0].text.startswith(f"{len(marked)} new post")
    return sorted(marked)


def test_a_script_reports_and_wants_no_page(site, cast, thread, path):
    ana = site.browser(cast.ana)
    assert new_to(ana, thread) == [2, 3, 4, 5]
    answer = ana.post(path, numbers="2-3", quiet="1")
    assert (answer.status, answer.html) == (204, "")
    assert new_to(ana, thread) == [4, 5]
    assert new_to(site.browser(cast.ben), thread) == [1, 3, 5]


def test_reports_add_up_in_any_order_and_twice(site, cast, thread, path):
    ana = site.browser(cast.ana)
    for numbers in ("5", "2", "2,5", "4-4"):
        ana.post(path, numbers=numbers, quiet="1")
    assert new_to(ana, thread) == [3]


def test_a_button_marks_all_and_leads_back(site, cast, thread, path):
    ana = site.browser(cast.ana)
    forms = [form for form in ana.get(address(thread)).page.all("form") if form.attrs.get("action") == path]
    assert [form.text for form in forms] == ["Mark all as read", "Mark these as read"]
    (numbers,) = [field.attrs["value"] for field in forms[0].all("input", name="numbers")]
    answer = ana.post(path, numbers=numbers)
    assert (answer.status, answer.location) == (303, f"{address(thread)}#thread-title")
    assert new_to(ana, thread) == []
    assert "No new posts" in ana.get(address(thread)).text
    site.write(cast.chi, thread)
    assert new_to(ana, thread) == [6]


@pytest.mark.parametrize(
    "numbers",
    ["", "x", "0", "-1", "2-", "2,", "2 3", "2;3", "²", "٢", "1e3", "'; DROP TABLE seen; --", "2" * 40, "2," * 30_000],
)
def test_what_is_no_report_changes_nothing(site, cast, thread, path, numbers):
    ana = site.browser(cast.ana)
    assert ana.post(path, numbers=numbers, quiet="1").status == 204
    assert ana.post(path, numbers=numbers).status == 303
    assert new_to(ana, thread) == [2, 3, 4, 5]


def test_posts_to_come_cannot_be_seen_in_advance(site, cast, thread, path):
    ana = site.browser(cast.ana)
    ana.post(path, numbers="1-999999999", quiet="1")
    assert new_to(ana, thread) == []
    site.write(cast.ben, thread)
    assert new_to(ana, thread) == [6]


def test_a_post_that_is_let_through_later_is_new_then(site, cast, thread, path):
    held = site.write(cast.ben, thread)
    ines, ana = site.browser(cast.ines), site.browser(cast.ana)
    ines.post(address(thread, "moderation", "posts", held.id, "hold"))
    ana.post(path, numbers="1-6", quiet="1")
    assert new_to(ana, thread) == []
    ines.post(address(thread, "moderation", "posts", held.id, "release"))
    assert new_to(ana, thread) == [6]


def test_nobody_sees_before_they_may_read(site, cast, discussion, path):
    site.write(cast.ben, discussion)
    ana = site.browser(cast.ana)
    refused(ana.post(path, numbers="1", quiet="1"), 422)
    refused(site.browser(cast.olga).post(path, numbers="1", quiet="1"), 403)
    site.write(cast.ana, discussion)
    assert new_to(ana, discussion) == [1]


def test_other_courses_and_forged_reports(site, cast, thread, foreign, path):
    ana = site.browser(cast.ana)
    for fields in ({"numbers": "1"}, {"numbers": "x"}):
        refused(ana.post(f"/courses/{cast.course_id}/discussions/{foreign.id}/thread/seen", **fields), 404)
    refuses_unsafe_posts(site, cast.ana, path, numbers="2-5")
    refuses_methods(site, cast.ana, path, "GET")
    assert new_to(ana, thread) == [2, 3, 4, 5]


def test_a_report_costs_the_same_however_long_it_is(site, cast, thread, path):
    ana = site.browser(cast.ana)
    token = ana.token(f"/courses/{cast.course_id}")

    def report(numbers):
        return ana.send(path, data={"csrf_token": token, "numbers": numbers, "quiet": "1"})

    few = costs(site, lambda: report("2"))
    for _ in range(10):
        site.write(cast.ben, thread)
    assert costs(site, lambda: report("2-15")) == few <= 7
