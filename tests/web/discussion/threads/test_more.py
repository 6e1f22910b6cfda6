"""GET …/thread/more?at=…: the posts from an address on, as a part of a page."""

import re

import pytest

from tests.statements import count_statements
from tests.web.questions import refused, refuses_methods, refuses_no_visit
from tests.web.site import address


@pytest.fixture
def path(discussion):
    return address(discussion, "thread", "more")


def addresses_in(html):
    return re.findall(r'<article class="post[^>]* id="p([\d.]+)"', html)


def get(browser, url):
    answer = browser.client.get(url.replace("&amp;", "&"), base_url="https://localhost")
    assert answer.status_code == 200
    return answer.text


def test_whoever_goes_on_gets_each_post_once_and_in_order(site, cast, discussion):
    for _ in range(11):
        first = site.write(cast.ana, discussion)
        for _ in range(16):
            site.write(cast.ines, discussion, to=first)
    ana = site.browser(cast.ana)
    html, found = get(ana, f"{address(discussion)}?sort=oldest"), []
    while True:
        found += addresses_in(html)
        link = re.search(r'data-more="([^"]+)"', html)
        if link is None:
            break
        html = get(ana, link[1])
        assert "<html" not in html
    assert found == [each for n in range(1, 12) for each in (f"{n}", *(f"{n}.{m}" for m in range(1, 17)))]


def test_what_is_new_is_marked_there_too(site, cast, discussion, path):
    site.write(cast.ana, discussion)
    site.write(cast.ben, discussion)
    assert re.findall(r'class="post([^"]*)" id="p(\d)"', get(site.browser(cast.ana), f"{path}?at=1")) == [
        (" own", "1"),
        (" new", "2"),
    ]


def test_it_costs_the_same_for_few_posts_as_for_many(site, cast, discussion, path, database):
    site.write(cast.ana, discussion)
    ana, counts = site.browser(cast.ana), []
    get(ana, f"{path}?at=1")  # records that the discussion was opened
    for _ in range(2):
        get(ana, f"{path}?at=1")  # the first after a post reads how the posts stand
        with count_statements(database.engine) as statements:
            get(ana, f"{path}?at=1")
        counts.append(len(statements))
        for _ in range(20):
            site.write(cast.ben, discussion)
    assert counts[0] == counts[1] <= 9


def test_nobody_reads_on_before_the_gate(site, cast, discussion, path):
    site.write(cast.ana, discussion)
    refused(site.browser(cast.ben).get(f"{path}?at=1"), 422)


def test_the_way_in(site, cast, path):
    refuses_no_visit(site, path)
    refuses_methods(site, cast.ana, path, "POST", "PUT")


def test_the_form_of_another_thread_is_a_page_of_its_own(site, cast, discussion):
    site.write(cast.ana, discussion)
    ana = site.browser(cast.ana)
    page = ana.get(address(discussion)).page
    assert not page.all("form", class_="composer")
    link = next(each for each in page.all("a") if "data-composer" in each.attrs)
    opened = ana.get(link.attrs["href"])
    assert opened.status == 200
    assert opened.page.one("form", class_="composer").attrs["action"] == address(discussion, "posts")


def test_whoever_has_to_begin_has_the_form_before_them(site, cast, discussion):
    page = site.browser(cast.ana).get(address(discussion)).page
    assert page.one("form", class_="composer")
    assert not any("data-composer" in each.attrs for each in page.all("a"))
