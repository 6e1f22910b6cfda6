"""GET …/thread/next/unread and …/thread/next/own: from post to post, on whichever page."""

import pytest

from tests.web.questions import costs, refused, refuses_methods, refuses_no_visit
from tests.web.site import address


@pytest.fixture
def thread(site, cast, discussion):
    """1 by Ana with 1.1 by Ines and 1.2 by Ana, 2 by Ben, 3 by Ana."""
    first = site.write(cast.ana, discussion)
    site.write(cast.ines, discussion, to=first)
    site.write(cast.ana, discussion, to=first)
    site.write(cast.ben, discussion)
    site.write(cast.ana, discussion)
    return discussion


def goes(browser, discussion, kind, after=None):
    answer = browser.get(address(discussion, "thread", "next", kind), query_string={"after": after} if after else {})
    assert answer.status == 303
    return answer.location.removeprefix(address(discussion))


@pytest.mark.parametrize(
    ("kind", "after", "to"),
    [
        ("unread", None, "1.1"),
        ("unread", "1", "1.1"),
        ("unread", "1.1", "2"),
        ("unread", "2", "1.1"),
        ("unread", "99", "1.1"),
        ("own", None, "1"),
        ("own", "1", "1.2"),
        ("own", "1.1.5", "1.2"),
        ("own", "3", "1"),
        ("own", "'; --", "1"),
        ("unread", "9" * 3000, "1.1"),
    ],
)
def test_it_leads_to_the_next_below_else_to_the_first(site, cast, thread, *, kind, after, to):
    assert goes(site.browser(cast.ana), thread, kind, after) == f"?at={to}#p{to}"


def test_what_is_seen_is_passed_over(site, cast, thread):
    ana = site.browser(cast.ana)
    ana.post(address(thread, "thread", "seen"), numbers="2", quiet="1")
    assert goes(ana, thread, "unread") == "?at=2#p2"
    ana.post(address(thread, "thread", "seen"), numbers="4", quiet="1")
    assert goes(ana, thread, "unread") == "#thread-title"


def test_who_has_written_nothing_is_led_to_the_beginning(site, cast, thread):
    assert goes(site.browser(cast.tariq), thread, "own") == "#thread-title"


def test_it_is_for_those_who_read(site, cast, thread, foreign):
    for kind in ("unread", "own"):
        path = address(thread, "thread", "next", kind)
        refused(site.browser(cast.chi).get(path), 422)
        refused(site.browser(cast.olga).get(path), 403)
        refuses_no_visit(site, path)
        refuses_methods(site, cast.ana, path, "POST")
        there = f"/courses/{cast.course_id}/discussions/{foreign.id}/thread/next/{kind}"
        refused(site.browser(cast.ana).get(there), 404)
    refused(site.browser(cast.ana).get(address(thread, "thread", "next", "other")), 404)


def test_statements_do_not_grow(site, cast, thread):
    ana = site.browser(cast.ana)
    path = address(thread, "thread", "next", "unread")
    few = costs(site, lambda: ana.get(path))
    for _ in range(5):
        site.write(cast.ben, thread)
    assert costs(site, lambda: ana.get(path)) == few <= 5
