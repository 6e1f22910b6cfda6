"""What goes wrong is logged by codes and references, never with names, texts or tokens."""

import logging

import pytest
from sqlalchemy import event
from structlog.testing import capture_logs

from lti_app.library.readings.rules import ReadingEntry
from tests.web.browser import BASE
from tests.web.site import address

SECRET = "Confidential words of a student"


def test_errors_are_logged_without_personal_data(site, cast, discussion, caplog):
    caplog.set_level(logging.DEBUG)
    browser, here = site.browser(cast.ana), address(discussion)
    with browser.client.session_transaction(base_url=BASE) as session:
        token = session["visits"][str(cast.course_id)]
    with capture_logs() as logs:
        site.stranger().send(f"{here}/posts", data={"text": SECRET})
        browser.send(f"{here}/posts", data={"text": SECRET})
        browser.post(f"{here}/posts", text="x" * 20_001 + SECRET)
        browser.post(f"{here}/posts", text=SECRET, parent_id="4711")
        browser.post(f"{here}/grading/{cast.ben.person_id}", comment=SECRET)
        browser.get(f"{here}/settings")
        browser.get(f"/{SECRET}?name={cast.ana.name}")
        browser.post_form(f"{here}/posts", here, text=SECRET)
        site.browser(cast.ines).post(f"{here}/settings", title=SECRET, prompt=SECRET, version="99", time_zone="UTC")
        site.browser(cast.ines).post(f"{here}/grading/{cast.ana.person_id}", comment=SECRET, version="9")
        csrf = browser.token(f"/courses/{cast.course_id}")
    assert len(logs) >= 6
    assert {"status", "code", "reference", "endpoint"} <= logs[0].keys()
    check(repr(logs) + caplog.text, cast, token, csrf)


def test_fault_of_ours_is_logged_by_its_place_alone(site, cast, discussion, caplog, capfd):
    """Errors of the database quote the statement with its values, which are what somebody wrote."""
    browser, here = site.browser(cast.ana), address(discussion)
    csrf = browser.token(f"/courses/{cast.course_id}")

    def fail(_connection, _cursor, statement, parameters, *_others):
        if statement.startswith("INSERT INTO post"):
            raise RuntimeError(f"{statement} {parameters}")

    event.listen(site.database.engine, "before_cursor_execute", fail)
    try:
        with capture_logs() as logs:
            response = browser.client.post(
                f"{here}/posts",
                data={"csrf_token": csrf, "text": SECRET},
                headers={"Referer": f"{BASE}/"},
                base_url=BASE,
            )
    finally:
        event.remove(site.database.engine, "before_cursor_execute", fail)
    assert response.status_code == 500
    assert SECRET in response.text  # given back to its writer
    assert "INSERT" not in response.text
    assert [entry["event"] for entry in logs] == ["unexpected", "refused"]
    assert "lti_app.discussion.posts.actions" in logs[0]["where"]
    assert logs[1]["reference"] in response.text
    check(repr(logs) + caplog.text + "".join(capfd.readouterr()), cast, csrf)
    assert browser.post_form(f"{here}/posts", here, text="Works again.").status == 303


@pytest.mark.parametrize("title", ["\x00", "(", "\\", "%", "{"])
def test_odd_readings_are_no_fault(site, discussion, title):
    assert site.reading(ReadingEntry(authors=title, year=None, title=title))


def check(log, cast, *tokens):
    people = [cast.ines, cast.tariq, *cast.students, cast.olga]
    private = [SECRET, *tokens, *(part for person in people for part in person.name.split())]
    assert not [words for words in private if words in log]
    assert "x" * 50 not in log
