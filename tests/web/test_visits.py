"""Who is asking: visits in the cookie, several of them, ended, taken away or forged."""

from itsdangerous import URLSafeTimedSerializer

from lti_app.course.courses.actions import enroll
from lti_app.course.courses.rules import Role
from tests.web.browser import BASE, COOKIE
from tests.web.questions import refused
from tests.web.site import address


def test_two_courses_in_one_browser(site, cast, discussion, foreign):
    """In two tabs, with one cookie; in each course the role that one has there."""
    with site.database.writing() as session:
        enroll(
            session,
            course_id=foreign.course_id,
            person_id=cast.ana.person_id,
            role=Role.ASSISTANT,
            now=site.clock(),
        )
    browser = site.browser(cast.ana)
    assistant = site.actor(cast.ana, foreign.course_id, Role.ASSISTANT)
    site.arrive(browser, assistant)
    assert browser.get(address(foreign, "grading")).status == 200
    refused(browser.get(address(discussion, "grading")), 403)
    assert browser.post_form(address(discussion, "posts"), address(discussion), text="Here.").status == 303
    assert browser.post_form(address(foreign, "posts"), address(foreign), text="There.").status == 303
    here, there = browser.get(address(discussion)), browser.get(address(foreign))
    assert ("Here." in here.text, "There." in here.text) == (True, False)
    assert ("Here." in there.text, "There." in there.text) == (False, True)


def test_objects_of_one_course_cannot_be_reached_through_the_other(site, cast, discussion, foreign):
    browser = site.arrive(site.browser(cast.ines), cast.elsewhere)
    assert browser.get(address(foreign)).status == 200
    refused(browser.get(f"/courses/{cast.course_id}/discussions/{foreign.id}"), 404)
    refused(browser.get(f"/courses/{foreign.course_id}/discussions/{discussion.id}"), 404)


def test_new_launch_takes_the_place_of_the_older_in_its_course(site, cast, discussion):
    browser = site.browser(cast.ines)
    assert browser.get(address(discussion, "grading")).status == 200
    site.arrive(browser, cast.ines, Role.STUDENT)
    refused(browser.get(address(discussion, "grading")), 403)


def test_who_has_lost_a_role_has_it_in_no_older_tab(site, cast, discussion):
    older = site.browser(cast.ines)
    site.browser(cast.ines, role=Role.STUDENT)
    refused(older.get(address(discussion, "grading")), 403)
    assert older.get(address(discussion)).status == 200


def test_visit_in_use_lasts_a_working_day_and_ends(site, cast, discussion):
    browser = site.browser(cast.ana)
    for _ in range(4):
        site.clock.move(hours=2, minutes=29)
        assert browser.get(address(discussion)).status == 200
    site.clock.move(minutes=4)
    refused(browser.get(address(discussion)), 401)


def test_visit_without_a_sign_of_life_lasts_a_class(site, cast, discussion):
    site.write(cast.ana, discussion)
    browser = site.browser(cast.ana)
    site.clock.move(hours=2)
    assert browser.get(address(discussion, "thread", "news")).status == 204  # what the open page asks by itself
    site.clock.move(minutes=59)
    assert browser.send(address(discussion, "posts")).status == 401  # a form that is refused is a sign of life too
    site.clock.move(hours=1)
    assert browser.get(address(discussion)).status == 200
    site.clock.move(hours=3)
    refused(browser.get(address(discussion)), 401)


def test_person_who_left_the_course_loses_access(site, cast, discussion):
    browser = site.browser(cast.ana)
    assert browser.get(address(discussion)).status == 200
    site.remove(cast.ana)
    refused(browser.get(address(discussion)), 401)
    refused(browser.send(address(discussion, "posts"), data={"text": "Still mine"}), 401, kept="Still mine")


def test_forged_cookies_open_nothing(site, cast, discussion):
    real = site.browser(cast.ana)
    cookie = real.client.get_cookie(COOKIE, path="/", domain="localhost")
    forged = URLSafeTimedSerializer("another key", salt="cookie-session", signer_kwargs={"key_derivation": "hmac"})
    with real.client.session_transaction(base_url=BASE) as session:
        visits = dict(session["visits"])
    assert real.get(address(discussion)).status == 200
    for value in (
        "",
        "x",
        "\xff\xfe",
        cookie.value[:-2],
        cookie.value.replace(".", "", 1),
        forged.dumps({"visits": visits}),
        "x" * 4000,
    ):
        browser = site.stranger()
        browser.client.set_cookie(COOKIE, value, domain="localhost")
        refused(browser.get(address(discussion)), 401)


def test_cookie_of_a_key_that_is_no_longer_used_opens_nothing(site, cast, discussion, monkeypatch):
    browser = site.browser(cast.ana)
    assert browser.get(address(discussion)).status == 200
    config = browser.client.application.config
    before = config["SECRET_KEY"]
    monkeypatch.setitem(config, "SECRET_KEY", "another key")
    refused(browser.get(address(discussion)), 401)
    monkeypatch.setitem(config, "SECRET_KEY_FALLBACKS", [before])
    browser = site.browser(cast.ana)
    assert browser.get(address(discussion)).status == 200


def test_signed_cookie_with_odd_content_opens_nothing(site, cast, discussion):
    course = str(cast.course_id)
    for visits in ({}, {course: ""}, {course: "x\x00"}, {course: "0" * 2000}, {"": "x"}):
        browser = site.stranger()
        with browser.client.session_transaction(base_url=BASE) as session:
            session["visits"] = visits
        refused(browser.get(address(discussion)), 401)


def test_token_of_one_course_does_not_open_another(site, cast, discussion, foreign):
    browser = site.browser(cast.elsewhere)
    with browser.client.session_transaction(base_url=BASE) as session:
        (token,) = session["visits"].values()
        session["visits"] = {str(discussion.course_id): token}
    refused(browser.get(address(discussion)), 401)
