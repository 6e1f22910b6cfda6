"""POST …/drafts: what is being written, as one types or by a button."""

import json

import pytest

from lti_app.discussion.drafts.rules import FIRST_POST, place_of
from tests.web.questions import costs, refused, refuses_methods, refuses_no_visit, refuses_unsafe_posts
from tests.web.site import address

JSON = {"Accept": "application/json"}


@pytest.fixture
def path(discussion):
    return address(discussion, "drafts")


@pytest.fixture
def send(site, path):
    """`send(browser, text=…)`: as the script does; a second later than the last time."""

    def send(browser, **fields):
        site.clock.move(seconds=1)
        token = browser.token("/".join(path.split("/")[:3]))
        headers = {**JSON, "Referer": "https://localhost/"}
        return browser.send(path, data={"csrf_token": token, "place": "first", **fields}, headers=headers)

    return send


def told(answer):
    return json.loads(answer.html)


def restored(browser, page):
    """What the composer of a page begins with."""
    return browser.get(page).page.one("textarea", name="text").written


def test_a_script_learns_when_it_was_saved(site, cast, discussion, send):
    browser = site.browser(cast.ana)
    answer = send(browser, text="As far as this")
    assert answer.status == 200
    assert told(answer)["saved"] == "10:00 AM"  # in Berlin
    assert restored(browser, address(discussion)) == "As far as this"
    page = browser.get(address(discussion)).page
    assert page.one("input", name="draft").attrs["value"] == told(answer)["version"]
    assert "You started this draft earlier; last saved 10:00 AM." in page.one("body").text


def test_each_place_is_restored_in_its_own_composer(site, cast, discussion, send):
    parent, own = site.write(cast.ben, discussion), site.write(cast.ana, discussion)
    browser = site.browser(cast.ana)
    pages = {
        FIRST_POST.key: address(discussion),
        place_of(parent.id).key: address(discussion, "posts", parent.id, "reply"),
        place_of(None, own.id).key: address(discussion, "posts", own.id, "edit"),
    }
    for key in pages:
        assert send(browser, place=key, text=f"Begun as {key}").status == 200
    for key, page in pages.items():
        assert restored(browser, page) == f"Begun as {key}"
    listed = browser.get(address(discussion)).page.one("section", class_="drafts").text
    assert "Reply to Ben Carter, 1" in listed
    assert "Edit of your post 2" in listed
    assert "First post" not in listed  # that one stands in its composer


def test_rich_text_and_a_move_come_back(site, cast, discussion, send):
    parent = site.write(cast.ben, discussion)
    site.write(cast.ana, discussion)
    browser, reply = site.browser(cast.ana), address(discussion, "posts", parent.id, "reply")
    html = "<p>As <strong>far</strong> <script>alert(1)</script></p>"
    key = place_of(parent.id).key
    assert send(browser, place=key, text=html, format="html", move="counter").status == 200
    page = browser.get(reply).page
    area = page.one("textarea", name="text")
    assert area.written.strip() == "As far"
    assert "<strong>far</strong>" in area.attrs["data-rich"]
    assert "script" not in area.attrs["data-rich"]
    assert [each.attrs["value"] for each in page.all("input", name="move") if "checked" in each.attrs] == ["counter"]


def test_another_window_is_told_and_overwrites_nothing(site, cast, discussion, send):
    browser = site.browser(cast.ana)
    here = told(send(browser, text="Here", draft_writer="w1"))["version"]
    answer = send(browser, text="There", draft_writer="w2")
    assert (answer.status, told(answer)["version"]) == (409, here)
    assert restored(browser, address(discussion)) == "Here"
    assert send(browser, text="There", draft_writer="w2", draft=here).status == 200
    assert send(browser, text="Here again", draft_writer="w1", draft=here).status == 409


def test_too_often_and_too_long_are_told_in_numbers(site, cast, send):
    browser = site.browser(cast.ana)
    send(browser, text="Once")
    site.clock.move(seconds=-1)
    assert send(browser, text="Twice", draft_writer="w1").status == 429
    answer = send(browser, text="x" * 20_001)
    assert (answer.status, told(answer)["code"]) == (422, "draft_too_long")
    assert "Shorten it" in told(answer)["message"]


def test_without_scripts_a_button_saves_and_comes_back(site, cast, discussion, path):
    browser = site.browser(cast.ana)
    form = browser.form(address(discussion, "posts"), address(discussion))
    assert "Save draft" in [button.text for button in form.all("button") if button.attrs.get("formaction") == path]
    fields = {each.attrs["name"]: each.attrs.get("value", "") for each in form.all("input") if "name" in each.attrs}
    answer = browser.send(path, data={**fields, "move": "", "text": "By hand"})
    assert (answer.status, answer.location) == (303, f"{address(discussion)}#compose")
    shown = browser.get(address(discussion))
    assert "Draft saved." in shown.text
    assert shown.kept[0] == "By hand"


def test_without_scripts_another_windows_draft_gives_the_text_back(site, cast, path, send):
    browser = site.browser(cast.ana)
    send(browser, text="Here")
    site.clock.move(seconds=2)
    refused(browser.post(path, place="first", text="There"), 409, kept="There")


def test_what_is_posted_is_no_draft_any_more(site, cast, discussion, send):
    browser, posts = site.browser(cast.ana), address(discussion, "posts")
    send(browser, text="Leaders set a direction, I think.")
    assert browser.post_form(posts, address(discussion)).status == 303
    assert "Leaders set a direction" not in restored(browser, address(discussion, "posts", "new"))
    shown = browser.get(address(discussion))
    assert "You started this draft earlier" not in shown.text
    assert not shown.page.all("section", class_="drafts")


def test_what_is_refused_stays_as_a_draft(site, cast, discussion, send):
    parent = site.write(cast.ben, discussion)
    site.write(cast.ana, discussion)
    browser, posts = site.browser(cast.ana), address(discussion, "posts")
    reply = address(discussion, "posts", parent.id, "reply")
    form = browser.form(posts, reply)
    data = {each.attrs["name"]: each.attrs.get("value", "") for each in form.all("input") if each.attrs.get("name")}
    set_up = address(discussion, "settings")
    dates = {"first_post_due": "", "replies_due": "", "closes_at": "2026-03-02T09:00"}
    site.browser(cast.ines).post_form(set_up, set_up, **dates)
    answer = browser.send(posts, data={**data, "move": "", "text": "Too late by a minute."})
    assert (answer.status, answer.kept) == (422, ["Too late by a minute."])
    (link,) = browser.get(address(discussion)).page.one("section", class_="drafts").all("a")
    page = browser.get(link.attrs["href"])
    assert page.status == 200
    assert "Too late by a minute." in page.text
    assert "can no longer post this" in page.text


def test_nobody_else_sees_a_draft(site, cast, discussion, send):
    browser = site.browser(cast.ana)
    send(browser, text="For nobody yet")
    for other in (cast.ben, cast.ines, cast.tariq):
        assert "For nobody yet" not in site.browser(other).get(address(discussion)).html


@pytest.mark.parametrize(
    "fields",
    [
        {"place": "nowhere"},
        {"place": "reply-0"},
        {"place": "edit-99999"},
        {"format": "pdf"},
        {"move": "jump"},
        {"attached": "one"},
    ],
)
def test_forged_fields_are_refused(site, cast, send, fields):
    answer = send(site.browser(cast.ana), text="x", **fields)
    assert answer.status in (400, 404)


def test_no_visit_no_token_no_other_method(site, cast, path):
    refuses_no_visit(site, path + "/1")
    refuses_unsafe_posts(site, cast.ana, path, "Kept", text="Kept", place="first")
    refuses_methods(site, cast.ana, path, "GET", "PUT", "DELETE")


def test_a_save_costs_the_same_whatever_there_is(site, cast, discussion, send):
    parent = site.write(cast.ben, discussion)
    site.write(cast.ana, discussion)
    browser, key = site.browser(cast.ana), place_of(parent.id).key
    token = costs(site, lambda: browser.token(f"/courses/{cast.course_id}"))
    few = costs(site, lambda: send(browser, place=key, text="One", draft_writer="w"))
    for _ in range(5):
        site.write(cast.ben, discussion)
    assert costs(site, lambda: send(browser, place=key, text="Two", draft_writer="w")) == few
    assert few - token <= 6
