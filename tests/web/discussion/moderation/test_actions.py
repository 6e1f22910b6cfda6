"""POST …/moderation/posts/<id>/<action> and the pages that ask for words first."""

import pytest

from lti_app.discussion.moderation.rules import ONE_CLICK_ACTIONS
from tests.web.questions import costs, refused, refuses_methods, refuses_no_visit, refuses_unsafe_posts
from tests.web.site import address

HOSTILE = [
    "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "'; DROP TABLE post; --",
    "\u202eevil \x00\x07 👩🏽‍🏫 é\u0301",
    "{{ 7 * 7 }} {% raw %} %(author)s %s",
    "javascript:alert(1)\r\nSet-Cookie: x=1",
]


@pytest.fixture
def thread(site, cast, discussion):
    """Ben's first post, and Ana's with an answer of Ben's."""
    site.write(cast.ben, discussion)
    first = site.write(cast.ana, discussion, "I should not have named him.")
    return first, site.write(cast.ben, discussion, to=first)


def at(discussion, post, *more):
    return address(discussion, "moderation", "posts", post.id, *more)


def here(discussion, post_address):
    return f"{address(discussion)}?at={post_address}#p{post_address}"


@pytest.mark.parametrize(("action", "mark"), [("pin", "Pinned"), ("mark", "Exemplary"), ("close", "Closed thread")])
def test_a_button_of_the_menu_does_it_and_the_other_takes_it_back(site, cast, discussion, *, thread, action, mark):
    browser, back = site.browser(cast.tariq), {"pin": "unpin", "mark": "unmark", "close": "reopen"}[action]
    for chosen, shown in ((action, True), (action, True), (back, False), (back, False)):
        answer = browser.post(at(discussion, thread[0], chosen))
        assert (answer.status, answer.location) == (303, here(discussion, "2"))
        page = browser.get(address(discussion)).page
        assert (mark in page.one("article", id="p2").text.split("More actions for post")[0]) is shown
        offered = {button.attrs.get("formaction") for button in page.all("button")}
        assert at(discussion, thread[0], back if shown else action) in offered


def test_hiding_and_showing_again(site, cast, discussion, thread):
    path = at(discussion, thread[0], "hide")
    answer = site.browser(cast.ines).post_form(path, path, reason="Please leave names out.")
    assert (answer.status, answer.location) == (303, here(discussion, "2"))
    seen = {who: site.browser(getattr(cast, who)).get(address(discussion)).text for who in ("ana", "ben", "tariq")}
    assert "named him" not in seen["ben"]
    assert "leave names out" not in seen["ben"]
    assert "Hidden by an instructor." in seen["ben"]
    for who in ("ana", "tariq"):
        assert "Hidden by an instructor: Please leave names out." in seen[who]
    assert "not counted: hidden by your instructor" in seen["ana"]
    site.browser(cast.ines).post(at(discussion, thread[0], "restore"))
    assert "named him" in site.browser(cast.ben).get(address(discussion)).text


@pytest.mark.parametrize("reason", HOSTILE)
def test_whatever_a_reason_says_is_only_text(site, cast, discussion, thread, reason):
    browser, path = site.browser(cast.ines), at(discussion, thread[0], "hide")
    assert browser.post_form(path, path, reason=reason).status == 303
    for page in (address(discussion), at(discussion, thread[0], "history"), address(discussion, "moderation")):
        answer = browser.get(page)  # checked for running code
        assert answer.status == 200
    report = at(discussion, thread[1], "report")
    assert site.browser(cast.ana).post_form(report, report, reason="other", words=reason).status == 303
    assert browser.get(address(discussion, "moderation")).status == 200
    assert site.browser(cast.ana).get(address(discussion, "moderation", "reports")).status == 200


@pytest.mark.parametrize(
    ("page", "fields", "words"),
    [
        ("hide", {"reason": " "}, "Enter a reason"),
        ("hide", {"reason": "x" * 1001}, "up to 1000"),
        ("report", {"reason": "spite", "words": "Kept words."}, "Not a valid choice"),
        ("report", {"reason": "other", "words": ""}, "Enter a reason in a few words."),
        ("private-reply", {"text": "\u200b"}, "Write something first."),
        ("split", {"reason": "y" * 1001}, "up to 1000"),
    ],
)
def test_what_is_refused_comes_back(site, cast, discussion, *, thread, page, fields, words):
    path = at(discussion, thread[1], page)
    answer = site.browser(cast.ines).post_form(path, path, **fields)
    assert answer.status == 422
    assert words in answer.text
    typed = fields.get("words", fields.get("text", fields.get("reason", "")))
    assert not typed.strip("\u200b ") or typed in answer.kept


def test_a_split_off_reply_is_found_by_its_old_address(site, cast, discussion, thread):
    path = at(discussion, thread[1], "split")
    browser = site.browser(cast.ines)
    assert browser.post_form(path, path).location == here(discussion, "3")
    assert browser.post(path).location == here(discussion, "3")  # the second click
    for who in (cast.ana, cast.ben, cast.tariq):
        answer = site.browser(who).get(f"{address(discussion)}?at=2.1")
        assert (answer.status, answer.location) == (303, here(discussion, "3"))
    assert site.browser(cast.ana).get(f"{address(discussion)}?at=2.9").status == 200
    text = site.browser(cast.ben).get(address(discussion, "participation")).text
    assert "still counts as a reply" in text


def test_a_private_reply_is_seen_by_two_sides_alone(site, cast, discussion, thread):
    site.write(cast.chi, discussion)
    path = at(discussion, thread[0], "private-reply")
    site.browser(cast.ines).post_form(path, path, text="Between us: well argued.")
    for who, sees in (("ana", True), ("tariq", True), ("ben", False), ("chi", False)):
        text = site.browser(getattr(cast, who)).get(address(discussion)).text
        assert ("Between us" in text) is sees
        assert ("1 reply" in text) is not sees


def test_what_is_reported_is_decided_in_the_queue(site, cast, discussion, thread):
    path = at(discussion, thread[0], "report")
    site.browser(cast.ben).post_form(path, path, reason="privacy", words="He names the nurse.")
    teacher = site.browser(cast.tariq)
    assert "Moderation: 1" in teacher.get(address(discussion)).text
    assert "1 post needs review" in teacher.get(f"/courses/{cast.course_id}").text
    queue = teacher.get(address(discussion, "moderation")).text
    for words in (
        "Reported by Ben Carter: Reveals private information",
        "He names the nurse.",
        "I should not have named",
    ):
        assert words in queue
    hide = at(discussion, thread[0], "hide")
    answer = teacher.post_form(hide, f"{hide}?back=queue", reason="No names, please.")
    assert answer.location == address(discussion, "moderation")
    assert "No posts need review." in teacher.get(answer.location).text
    reports = site.browser(cast.ben).get(address(discussion, "moderation", "reports")).text
    assert "Your instructor has hidden the post." in reports
    seen = site.browser(cast.ana).get(address(discussion)).text
    assert "He names the nurse" not in seen
    assert "reported" not in seen.casefold()


def test_liking_is_a_button_that_stays_pressed(site, cast, discussion, thread):
    browser, path = site.browser(cast.ben), at(discussion, thread[0], "like")
    site.browser(cast.ines).post(path, wanted="1")
    for wanted, pressed, words in (("1", "true", "you and 1 other"), ("0", "false", "1 person likes this")):
        for _ in range(2):
            assert browser.post(path, wanted=wanted).location == here(discussion, "2")
        article = browser.get(address(discussion)).page.one("article", id="p2")
        assert article.one("button", class_="like").attrs["aria-pressed"] == pressed
        assert words in article.text
    refused(site.browser(cast.ana).post(path, wanted="1"), 403)


def test_a_script_gets_the_button_alone(site, cast, discussion, thread):
    browser, path = site.browser(cast.ben), at(discussion, thread[0], "like")
    site.browser(cast.ines).post(path, wanted="1")
    for wanted, pressed, words in (("1", "true", "you and 1 other"), ("0", "false", "1 person likes this")):
        part = browser.post(f"{path}/part", wanted=wanted)
        assert "<html" not in part.html
        assert f'aria-pressed="{pressed}"' in part.html
        assert words in part.html
        assert words in browser.get(address(discussion)).page.one("article", id="p2").text
    refused(site.browser(cast.ana).post(f"{path}/part", wanted="1"), 403)


def test_teachers_announce_and_nobody_else(site, cast, discussion):
    path, page = address(discussion, "posts"), address(discussion)
    site.browser(cast.ines).post_form(path, page, text="The library closes on Friday.", announcement="y")
    site.browser(cast.ana).post_form(path, page, text="I announce this.", announcement="y")
    text = site.browser(cast.ben).post_form(path, page, text="Mine.") and site.browser(cast.ben).get(page).text
    assert text.count("Announcement") == 1


@pytest.mark.parametrize("name", ["unknown", "hide", "split", "reply_privately", "PIN"])
def test_what_is_no_deed_of_one_button_is_not_there(site, cast, discussion, thread, name):
    answer = site.browser(cast.ines).post(at(discussion, thread[0], name))
    assert answer.status in (404, 422, 403)


@pytest.mark.parametrize("action", ["pin", "release", "dismiss", "like"])
def test_unsafe_posts_and_strangers_are_refused(site, cast, discussion, thread, action):
    path = at(discussion, thread[0], action)
    refuses_unsafe_posts(site, cast.ines, path)
    refuses_methods(site, cast.ines, path, "GET", "PUT", "DELETE")
    refuses_no_visit(site, address(discussion, "moderation"))
    if action in ONE_CLICK_ACTIONS:
        refused(site.browser(cast.ben).post(path), 403)


def test_statements_are_few_whatever_waits(site, cast, discussion, thread):
    teacher, queue = site.browser(cast.ines), address(discussion, "moderation")
    path = at(discussion, thread[0], "report")
    site.browser(cast.ben).post_form(path, path, reason="spam")
    few = costs(site, lambda: teacher.get(queue))
    for _ in range(6):
        post = site.write(cast.ana, discussion, to=thread[1])
        site.browser(cast.ben).post(at(discussion, post, "report"), reason="spam")
        teacher.post(at(discussion, post, "hold"))
    assert costs(site, lambda: teacher.get(queue)) == few <= 10
    sent = {"csrf_token": teacher.token(queue)}
    assert costs(site, lambda: teacher.send(at(discussion, thread[0], "pin"), data=sent)) <= 6
    assert costs(site, lambda: site.browser(cast.ben).get(address(discussion, "moderation", "reports"))) <= 12
