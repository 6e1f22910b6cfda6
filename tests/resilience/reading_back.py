"""The grades that the LMS shows are read back, while the worker that reads them is killed and a grade is changed."""

from decimal import Decimal
from urllib.parse import urljoin

import requests
from sqlalchemy import select

from lti_app.core.clock import system_clock
from lti_app.course.people.models import Person
from lti_app.practice_lms.lms import PracticeLms
from tests.resilience.installation import SCORE_SECONDS, Installation
from tests.resilience.people import scene_of
from tests.resilience.visitor import Visitor
from tests.resilience.waiting import eventually
from tests.resilience.words import Passback, PassbackState, ReadBack

OVERRIDE = 1.25
"""Points that no level of the rubric gives."""


def read_back_until_told(installation: Installation, sub: str) -> str:
    """Let the instructor `sub` check the gradebook; the worker dies at it, and its successor tells every grade.

    Then somebody changes a grade in the LMS, and the next check tells that too. Returns whose grade it is.
    """
    fault = {"service": "results", "kind": "slow", "seconds": str(SCORE_SECONDS)}
    requests.post(f"{installation.lms_url}/faults", data=fault, timeout=30, allow_redirects=False).raise_for_status()
    worker = installation.worker or installation.web
    check_gradebook(installation, sub)
    eventually(installation.is_reading, "the worker reads a column")
    worker.kill()
    worker.start()
    for program in installation.programs:
        program.await_ready()
    installation.let_checks_be_due()
    check_gradebook(installation, sub)
    eventually(lambda: told(installation) == {ReadBack.CONFIRMED}, "every grade is confirmed")
    changed = change_one(installation, sub)
    check_gradebook(installation, sub)
    eventually(lambda: told(installation) == {ReadBack.CONFIRMED, ReadBack.CHANGED}, "the changed grade is told")
    return changed


def check_gradebook(installation: Installation, sub: str) -> None:
    """Open the gradebook status from the course page, and have the gradebook read."""
    visitor, path = Visitor(installation.lms_url, sub), f"{scene_of(installation).path}/grading/passback"
    try:
        assert visitor.launch().status_code == 303
        action = f"{path}/check"
        fields = visitor.form(urljoin(installation.tool_url, path), action)
        assert visitor.send("POST", urljoin(installation.tool_url, action), fields).status_code == 303
    finally:
        visitor.close()


def told(installation: Installation) -> set[ReadBack]:
    """What is told of accepted grades."""
    with installation.database.read() as session:
        return set(session.scalars(select(Passback.read_back).where(Passback.state == PassbackState.SENT)))


def change_one(installation: Installation, sub: str) -> str:
    """Override somebody's grade in the gradebook of the LMS; whose it is."""
    with installation.database.read() as session:
        student = session.scalars(
            select(Person.sub).join(Passback, Passback.person_id == Person.id).order_by(Passback.id)
        ).first()
    assert student is not None
    with requests.Session() as http:
        http.post(f"{installation.lms_url}/person", data={"person": sub}, timeout=30)
        page = http.get(f"{installation.lms_url}/gradebook", timeout=30).text
        action = next(part for part in page.split('"') if part.startswith("/gradebook/") and part.endswith(student))
        answer = http.post(installation.lms_url + action, data={"points": str(OVERRIDE)}, timeout=30)
    answer.raise_for_status()
    return student


def check_told(installation: Installation, changed: str) -> None:
    """What is told of each grade is what the gradebook shows; the LMS has stopped."""
    now = system_clock()
    with installation.database.read() as session:
        rows = session.execute(
            select(Person.sub, Passback).join(Passback, Passback.person_id == Person.id).order_by(Passback.id)
        ).all()
    with installation.looking_at_the_lms() as lms:
        shown = grades_shown(lms)
    assert {sub: (row.shown_given, row.shown_possible) for sub, row in rows} == shown
    assert {sub for sub, row in rows if row.read_back is ReadBack.CHANGED} == {changed}
    assert all(row.checked_at is not None and row.checked_at <= now for _, row in rows)
    for sub, row in rows:
        assert row.sent_version == row.wanted_version
        is_ours = row.shown_given == row.given * row.shown_possible / row.possible
        assert is_ours == (sub != changed), sub


def grades_shown(lms: PracticeLms) -> dict[str, tuple[Decimal, Decimal]]:
    """The grades and their maximum that the gradebook shows, by student."""
    (item,) = lms.gradebook.line_items()
    overrides, found = lms.gradebook.overrides(), {}
    for score in lms.gradebook.scores():
        given = overrides.get((score.user_id, item.id), score.scaled_to(item.score_maximum))
        assert given is not None
        found[score.user_id] = (Decimal(str(given)), Decimal(str(item.score_maximum)))
    return found
