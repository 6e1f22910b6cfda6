"""POST …/posts/part and …/posts/<id>/edit/part: posting and editing, answered with the post and what it changes."""

import pytest

from tests.web.questions import costs, refused, refuses_methods, refuses_no_visit, refuses_unsafe_posts
from tests.web.site import address

SAID = "I would answer that a manager can learn this."


@pytest.fixture
def parent(site, cast, discussion):
    site.write(cast.ana, discussion)
    return site.write(cast.ben, discussion)


@pytest.fixture
def path(discussion):
    return address(discussion, "posts", "part")


@pytest.fixture
def reply(site, cast, discussion, path, parent):
    """Sends Ana's reply."""
    fields = {"parent_id": str(parent.id), "format": "text"}
    return lambda text=SAID: site.browser(cast.ana).post(path, text=text, **fields)


def article(page, at):
    (found,) = [one for one in page.all("article") if one.attrs["id"] == f"p{at}"]
    return found


def test_the_reply_is_as_the_page_shows_it(site, cast, discussion, parent, reply):
    part = reply()
    assert part.status == 200
    assert part.page.one("div", **{"data-placed": f"{parent.address}.1"})
    assert part.page.one("p", class_="flash").text == "Posted."
    page = site.browser(cast.ana).get(address(discussion)).page
    for at in (f"{parent.address}.1", parent.address):
        assert article(part.page, at).text == article(page, at).text
    for name, what in (("p", {"data-counts": ""}), ("section", {"class_": "progress"})):
        assert part.page.one(name, **what).text == page.one(name, **what).text
    assert any("1 reply" in one.text for one in part.page.all("summary"))


def test_the_same_text_again_is_the_same_post(reply, parent):
    assert reply().status == 200
    again = reply()
    assert again.status == 200
    assert again.page.one("div", **{"data-placed": f"{parent.address}.1"})


def test_what_is_refused_comes_back_in_its_form(site, discussion, reply):
    assert reply("  ").status == 422
    site.clock.move(days=8)
    answer = reply()
    assert answer.status == 422
    assert answer.kept == [SAID]
    assert "The discussion has closed" in answer.page.one("form", class_="composer").text


def test_other_posts_of_the_author_come_with_their_verdicts(reply, parent):
    reply("First.")
    again = reply("Second.")
    told = {one.attrs["data-verdict"]: one.text for one in again.page.all("p") if "data-verdict" in one.attrs}
    assert told.keys() == {"1", f"{parent.address}.1"}
    assert all(words.startswith(("counts", "not counted")) for words in told.values())


def test_the_author_edits_in_place(site, cast, discussion, reply, parent):
    reply()
    edit = address(discussion, "posts", parent.id + 1, "edit")
    browser = site.browser(cast.ana)
    site.clock.move(hours=1)
    part = browser.post(f"{edit}/part", text="Changed.", format="text", version="1")
    assert part.status == 200
    assert part.page.one("p", class_="flash").text == "Changes saved."
    assert "Changed." in article(part.page, f"{parent.address}.1").text
    stale = browser.post(f"{edit}/part", text="Stale.", format="text", version="1")
    assert stale.status == 409
    assert stale.kept == ["Stale."]


def test_who_may_not_gets_a_page_that_says_so(site, cast, path, parent):
    refused(site.browser(cast.olga).post(path, text=SAID, parent_id=str(parent.id)), 404, SAID)


def test_nobody_else_sends(site, cast, path, parent):
    refuses_unsafe_posts(site, cast.ana, path, SAID, text=SAID, parent_id=str(parent.id))
    refuses_methods(site, cast.ana, path, "GET", "PUT", "DELETE")
    refuses_no_visit(site, f"{path.removesuffix('part')}{parent.id}/edit")


def test_it_costs_the_same_however_many_posts_there_are(site, cast, discussion, path, parent):
    browser = site.browser(cast.ana)
    sent = {"csrf_token": browser.token(f"/courses/{cast.course_id}"), "parent_id": str(parent.id), "format": "text"}
    texts = iter(f"Number {number}." for number in range(9))

    def reply():
        assert browser.send(path, data={**sent, "text": next(texts)}).status == 200

    few = costs(site, reply)
    for _ in range(20):
        site.write(cast.ines, discussion, to=parent)
    assert costs(site, reply) == few <= 30
