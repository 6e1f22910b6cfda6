"""The requirements on the settings page: their sentences, presets, preview, and what a change means for students."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from lti_app.discussion.discussions.queries.discussion import get_discussion
from lti_app.participation.requirements.registry import early_from_stored, to_own_terms, to_values
from lti_app.participation.versions.queries import list_versions
from tests.web.questions import refused
from tests.web.site import address

NEW = {
    "title": "Are they different?",
    "prompt": "Zaleznik says yes.",
    "points": "12",
    "first_post_due": "2026-03-05T23:59",
    "replies_due": "2026-03-08T23:59",
}
LONG = "one two three four five six seven eight nine ten eleven twelve"


@pytest.fixture
def path(discussion):
    return address(discussion, "settings")


@pytest.fixture
def browser(site, cast):
    return site.browser(cast.ines)


def stored(site, discussion_id):
    with site.read() as session:
        return get_discussion(session, site.cast.ines, discussion_id, now=site.clock())


def versions(site, discussion):
    with site.read() as session:
        return list_versions(session, site.cast.ines, stored(site, discussion.id))


def value(page, name):
    field = next(e for e in page.all("input", "select") if e.attrs.get("name") == name)
    if field.tag == "select":
        return next((o.attrs["value"] for o in field.all("option") if "selected" in o.attrs), None)
    return field.attrs.get("value")


def test_every_part_of_the_sentence_is_saved(site, discussion, browser, path):
    own = {
        "first_posts_wanted": "2",
        "threads_wanted": "2",
        "threads_due": "2026-03-07T12:00",
        "threads_optional": "y",
        "replies_points": "2.5",
        "types_wanted": "3",
        "questions_wanted": "1",
        "passages_wanted": "4",
        "likes_wanted": "5",
        "wanted_move": "counter",
        "reading_wanted": "all",
        "position_wanted": "once",
        "early_others": "3",
    }
    assert browser.post_form(path, path, **own).status == 303
    kept = stored(site, discussion.id).requirements
    values, terms = to_values(kept), to_own_terms(kept)
    for name in ("first_posts_wanted", "threads_wanted", "types_wanted", "questions_wanted", "passages_wanted"):
        assert values[name] == int(own[name])
    assert (terms["threads"].is_optional, str(terms["replies"].points)) == (True, "2.50")
    assert terms["threads"].due.astimezone(UTC).minute == 0
    assert early_from_stored(kept).others == 3
    page = browser.get(path).page
    for name, typed in own.items():
        assert value(page, name) == typed
    again = browser.post_form(path, path)
    assert again.status == 303
    assert stored(site, discussion.id).requirements == kept


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("threads_wanted", "21"),
        ("first_posts_wanted", "0"),
        ("likes_wanted", "-1"),
        ("early_others", "21"),
        ("replies_points", "NaN"),
        ("replies_points", "1001"),
        ("threads_due", "soon"),
        ("wanted_move", "dance"),
        ("reading_wanted", "x"),
    ],
)
def test_what_cannot_be_is_said_beside_its_field(site, discussion, browser, path, *, name, wrong):
    answer = browser.post_form(path, path, **{name: wrong, "title": "Typed"})
    assert answer.status == 422
    assert answer.beside(name)
    assert stored(site, discussion.id).title == discussion.title


def test_a_preset_fills_in_and_saves_nothing(site, discussion, browser, path):
    answer = browser.post_form(path, path, title="Typed", action="preset", preset="three_days")
    assert (answer.status, value(answer.page, "days_wanted"), value(answer.page, "title")) == (200, "3", "Typed")
    assert "Post on at least 3 different days by" in answer.text
    assert stored(site, discussion.id) == discussion
    unknown = browser.post_form(path, path, action="preset", preset="x")
    assert (unknown.status, value(unknown.page, "replies_wanted")) == (200, "2")


def test_the_preview_is_what_students_read(site, cast, discussion, browser, path):
    answer = browser.post_form(path, path, action="preview", replies_wanted="4", title="")
    assert answer.status == 200
    told = "Reply to 4 different classmates with at least 3 words each"
    assert told in answer.text
    assert "Replies to 0 of 4 people" in answer.text
    assert not answer.page.all("div", class_="error-summary")  # nobody has saved: the missing title is no error yet
    assert told not in browser.get(address(discussion)).text
    part = browser.post_form(path, path, action="preview", replies_wanted="x")
    assert "needs a change before it can be shown" in part.text


def test_times_that_the_clocks_leave_out_or_repeat_are_told(site, discussion, browser, path):
    dates = {"first_post_due": "2026-03-29T02:30", "replies_due": "2026-10-25T02:30", "closes_at": ""}
    answer = browser.post_form(path, path, action="preview", **dates)
    assert "First post due: 02:30 does not exist on that day in Europe/Berlin" in answer.text
    assert "03:30 is used." in answer.text
    assert "Replies due: 02:30 exists twice on that day" in answer.text
    browser.post_form(path, path, **dates)
    assert "does not exist on that day" in browser.get(address(discussion)).text
    kept = stored(site, discussion.id).calendar
    assert kept.replies_due.astimezone(UTC).replace(second=0, microsecond=0) == datetime(
        2026, 10, 25, 1, 30, tzinfo=UTC
    )


def test_new_discussions_begin_with_the_default_of_the_course(site, cast, discussion, browser, path):
    browser.post_form(path, path, as_default="y", likes_wanted="7", likes_due="2026-03-07T12:00")
    fresh = f"/courses/{cast.course_id}/discussions/{site.reserve()}/settings"
    page = browser.get(fresh).page
    assert (value(page, "likes_wanted"), value(page, "replies_wanted")) == ("7", "2")
    assert not value(page, "likes_due")
    elsewhere = site.browser(cast.elsewhere)
    reserved = site.reserve(cast.elsewhere)
    page = elsewhere.get(f"/courses/{cast.elsewhere.course_id}/discussions/{reserved}/settings").page
    assert value(page, "likes_wanted") == "0"


def test_a_change_that_takes_something_away_is_shown_first(site, cast, discussion, browser, path):
    site.write(cast.ana, discussion)
    site.write(cast.ben, discussion, text=LONG)
    site.clock.move(days=4)  # first posts have been due
    browser = site.browser(cast.ines)
    answer = browser.post_form(path, path, first_post_words="10", title="Another")
    assert answer.status == 200
    assert "Nothing is saved yet" in answer.text
    rows = [row.text for row in answer.page.all("tr")]
    assert any(cast.ana.name in row for row in rows)
    assert not any(cast.ben.name in row for row in rows)
    assert stored(site, discussion.id).requirements == discussion.requirements
    fields = {e.attrs["name"]: e.attrs["value"] for e in answer.page.all("input") if e.attrs["type"] == "hidden"}
    back = browser.send(path, data={**fields, "action": "preview"})
    assert (back.status, value(back.page, "first_post_words")) == (200, "10")
    forged = browser.send(path, data={**fields, "action": "save", "confirmed": "x"})
    assert "Nothing is saved yet" in forged.text
    assert browser.send(path, data={**fields, "action": "save"}).status == 303
    assert to_values(stored(site, discussion.id).requirements)["first_post_words"] == 10


def test_what_is_confirmed_is_what_was_shown(site, cast, discussion, browser, path):
    site.write(cast.ana, discussion)
    site.clock.move(days=4)
    browser = site.browser(cast.ines)
    answer = browser.post_form(path, path, first_post_words="10")
    fields = {e.attrs["name"]: e.attrs["value"] for e in answer.page.all("input") if e.attrs["type"] == "hidden"}
    site.write(cast.chi, discussion)
    again = browser.send(path, data={**fields, "action": "save"})
    assert "Nothing is saved yet" in again.text
    assert any(cast.chi.name in row.text for row in again.page.all("tr"))


def test_a_change_that_changes_nothing_for_anybody_is_saved_at_once(site, cast, discussion, browser, path):
    site.write(cast.ana, discussion, text=LONG)
    assert browser.post_form(path, path, title="Another").status == 303
    assert browser.post_form(path, path, first_post_words="6").status == 303


def test_the_versions_are_told_with_who_made_them(site, cast, discussion, browser, path):
    browser.post_form(path, path)  # the dates of the factory are no whole minutes: another rule
    assert [line.number for line in versions(site, discussion)] == [2, 1]
    browser.post_form(path, path)
    assert len(versions(site, discussion)) == 2
    browser.post_form(path, path, likes_wanted="2")
    browser.post_form(path, path, title="Only the title")
    found = versions(site, discussion)
    assert [(line.number, line.made_by) for line in found] == [
        (3, cast.ines.name),
        (2, cast.ines.name),
        (1, ""),
    ]
    assert stored(site, discussion.id).rule_version == 3
    page = site.browser(cast.ana).get(address(discussion, "participation"))
    assert "Version 3, by Ines Navarro" in page.text
    assert "Version 1, before changes were recorded" in page.text
    assert "(counts now)" in page.text


def test_a_released_grade_keeps_the_version(site, cast, discussion, browser, path):
    browser.post_form(path, path, likes_wanted="2")
    now = stored(site, discussion.id)
    site.mark(now, cast.ana)
    site.release(now, cast.ana)
    with site.read() as session:
        assert session.execute(text("SELECT rule_version FROM release")).scalar_one() == now.rule_version == 2


@pytest.mark.parametrize("action", ["preset", "preview", "save"])
def test_students_may_do_none_of_it(site, cast, discussion, path, action):
    student = site.browser(cast.ana)
    refused(student.post(path, action=action, preset="weekly", confirmed="x"), 403)
    assert stored(site, discussion.id) == discussion
