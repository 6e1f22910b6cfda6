"""POST …/thread/sort: the order in which one reads, and goes on reading."""

import pytest

from tests.web.questions import refused, refuses_methods, refuses_unsafe_posts
from tests.web.site import address


@pytest.fixture
def path(discussion):
    return address(discussion, "thread", "sort")


@pytest.fixture
def threads(site, cast, discussion):
    """Three threads: 1 with two replies, 2 with the last reply, 3 the youngest."""
    first, second, _ = (site.write(author, discussion) for author in cast.students)
    for to in (first, first, second):
        site.write(cast.chi, discussion, to=to)
    return discussion


def order(answer):
    """The addresses of the first posts, and the order that is pressed."""
    roots = [article.attrs["id"].removeprefix("p") for article in answer.page.all("article")]
    pressed = answer.page.one("form", class_="orders").all("button", **{"aria-pressed": "true"})
    return "".join(root for root in roots if "." not in root), [button.attrs["value"] for button in pressed]


@pytest.mark.parametrize(
    ("sort", "roots"), [("oldest", "123"), ("newest", "213"), ("replied", "123"), ("unread", "213")]
)
def test_an_order_is_shown_and_remembered(site, cast, threads, path, *, sort, roots):
    ana = site.browser(cast.ana)
    answer = ana.post(path, sort=sort)
    assert (answer.status, answer.location) == (303, f"{address(threads)}?sort={sort}#thread-title")
    assert order(ana.get(answer.location)) == (roots, [sort])
    assert order(site.browser(cast.ana).get(address(threads))) == (roots, [sort])
    other = "replied" if sort == "oldest" else "oldest"
    assert order(ana.get(f"{address(threads)}?sort={other}"))[1] == [other]
    assert order(ana.get(address(threads)))[1] == [sort]


def test_without_a_choice_what_is_new_comes_first_as_long_as_anything_is(site, cast, threads):
    ana = site.browser(cast.ana)
    assert order(ana.get(address(threads))) == ("213", ["unread"])
    ana.post(address(threads, "thread", "seen"), numbers="1-6")
    assert order(ana.get(address(threads))) == ("123", ["oldest"])


def test_new_threads_come_before_those_that_are_read(site, cast, threads, path):
    ana = site.browser(cast.ana)
    ana.post(path, sort="unread")
    ana.post(address(threads, "thread", "seen"), numbers="1-2,4-6")
    assert order(ana.get(address(threads)))[0] == "321"


def test_a_pinned_thread_leads_in_every_order(site, cast, threads, path):
    third = address(threads, "moderation", "posts", 3, "pin")
    assert site.browser(cast.ines).post(third).status == 303
    ana = site.browser(cast.ana)
    for sort in ("oldest", "newest", "replied", "unread"):
        assert order(ana.get(f"{address(threads)}?sort={sort}"))[0][0] == "3", sort


def test_the_choice_is_ones_own_and_of_one_discussion(site, cast, threads, path):
    site.browser(cast.ana).post(path, sort="replied")
    assert order(site.browser(cast.ben).get(address(threads)))[1] == ["unread"]
    other = site.discussion(title="Another")
    site.write(cast.ana, other)
    assert order(site.browser(cast.ana).get(address(other)))[1] == ["oldest"]


@pytest.mark.parametrize("sort", ["", "OLDEST", "path", "1; DROP TABLE seen", "x" * 5000])
def test_what_is_no_order_changes_nothing(site, cast, threads, path, sort):
    ana = site.browser(cast.ana)
    ana.post(path, sort="replied")
    answer = ana.post(path, sort=sort)
    assert (answer.status, answer.location) == (303, f"{address(threads)}#thread-title")
    assert order(ana.get(f"{address(threads)}?sort=nonsense"))[1] == ["replied"]


def test_other_courses_and_forged_choices(site, cast, threads, foreign, path):
    ana = site.browser(cast.ana)
    for sort in ("oldest", "nonsense"):
        refused(ana.post(f"/courses/{cast.course_id}/discussions/{foreign.id}/thread/sort", sort=sort), 404)
    refuses_unsafe_posts(site, cast.ana, path, sort="replied")
    refuses_methods(site, cast.ana, path, "GET")
    assert order(ana.get(address(threads)))[1] == ["unread"]
