"""GET …/discussions/<id>?at=…: a page of posts from an address on."""

import pytest

from tests.web.questions import costs
from tests.web.site import address

HOSTILE = [
    "0",
    "-1",
    "99999",
    "99999999999999999999",
    "1.",
    ".1",
    "1..2",
    "1.2'--",
    "1 OR 1=1",
    "²",
    "١",
    "\x00",
    "\ud800",
    "<script>alert(1)</script>",
    "9" * 5000,
    "1." * 3000 + "1",
    ".".join(["1679615"] * 1000),
]


@pytest.fixture
def thread(site, cast, discussion):
    """First post 1 with a chain of seven answers below each other, 44 more answers beside, first post 2."""
    first = post = site.write(cast.ana, discussion)
    for number in range(7):
        post = site.write((cast.ines, cast.ana)[number % 2], discussion, f"Answer {number} in the chain.", to=post)
    for _ in range(44):
        site.write(cast.ines, discussion, to=first)
    site.write(cast.chi, discussion, "The second thread has begun here.")
    return discussion


def shown(answer):
    return [article.attrs["id"].removeprefix("p") for article in answer.page.all("article")]


CHAIN = ["1", *["1" + ".1" * depth for depth in range(1, 8)]]
ALL = [*CHAIN, *[f"1.{number}" for number in range(2, 46)], "2"]


def test_pages_follow_one_another_and_back(site, cast, thread):
    browser = site.browser(cast.ana)
    first = browser.get(f"{address(thread)}?sort=oldest")
    assert shown(first) == ALL[:40]
    assert not first.page.all("a", rel="prev")
    second = browser.get(first.page.one("a", rel="next").attrs["href"].partition("#")[0])
    assert shown(second) == ALL[-40:]
    assert not second.page.all("a", rel="next")
    assert first.page.one("a", rel="next").attrs["href"].endswith(f"#p{ALL[40]}")
    back = browser.get(second.page.one("a", rel="prev").attrs["href"].partition("#")[0])
    assert shown(back) == ALL[:40]


@pytest.mark.parametrize(("start", "begin"), [("1.1", "1.1"), (CHAIN[7], CHAIN[7]), ("1.20", "1.7"), ("2", "1.7")])
def test_page_begins_where_the_address_says(site, cast, thread, start, begin):
    """Also in the midst of a thread, whose posts above stand in short; near the end earlier, so that it is full."""
    answer = site.browser(cast.ana).get(f"{address(thread)}?at={start}")
    assert shown(answer) == ALL[ALL.index(begin) :][:40]
    above = [line.all("a")[0].text for line in answer.page.all("p", class_="context")]
    parts = begin.split(".")
    assert above == [".".join(parts[:n]) for n in range(1, len(parts))][:5]


def test_address_that_is_none_shows_the_beginning_or_the_end(site, cast, thread):
    browser = site.browser(cast.ana)
    for at in HOSTILE:
        answer = browser.get(address(thread), query_string={"at": at.encode("utf-8", "surrogatepass")})
        beyond = at == "99999" or at.startswith("1679615.")
        assert (answer.status, shown(answer)) == (200, ALL[-40:] if beyond else ALL[:40]), at[:40]


def test_address_where_nothing_stands_shows_what_follows(site, cast, thread):
    for at, following in (("1.1.9", "1.2"), (".".join(["1"] * 1000), "1.2"), ("1.46", "1.7")):
        assert shown(site.browser(cast.ana).get(f"{address(thread)}?at={at}"))[0] == following


def test_gate_holds_for_every_address(site, cast, thread):
    answer = site.browser(cast.stranger).get(f"{address(thread)}?at=1.2")
    assert answer.status == 401
    answer = site.browser(cast.tariq, role=cast.ana.role).get(f"{address(thread)}?at=1.2")
    assert (answer.status, shown(answer)) == (200, [])


def test_statements_do_not_grow_with_the_depth(site, cast, thread):
    browser = site.browser(cast.ana)
    few = costs(site, lambda: browser.get(f"{address(thread)}?at=1.1"))
    assert costs(site, lambda: browser.get(f"{address(thread)}?at={CHAIN[7]}")) == few <= 12
