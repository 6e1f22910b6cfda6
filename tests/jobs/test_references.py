"""References follow the citation style of their course, rendered by the worker in batches of their own."""

from dataclasses import replace
from datetime import UTC, datetime
from threading import Event
from types import SimpleNamespace

import pytest
from pydantic import SecretStr
from sqlalchemy import func, select

from lti_app.core.settings import Settings
from lti_app.course.courses.actions import change_settings
from lti_app.course.courses.rules import CitationStyle, CourseSettings, Library
from lti_app.jobs.queue import HueyBell, Jobs, make_huey
from lti_app.jobs.references import BATCH, ReferenceRenderer
from lti_app.library.bibliography.rules import styles
from lti_app.library.bibliography.rules.styles import reference_html
from lti_app.library.readings.actions.records import add_readings, change_reading, store_reference
from lti_app.library.readings.models import Reading
from lti_app.library.readings.queries import list_stale_references
from lti_app.library.readings.rules import to_csl
from tests.factories.readings import KOTTER

MANY = 2 * BATCH + 3
CSL = to_csl(KOTTER)


class Killed(BaseException):
    """As a process ends by SIGKILL: nothing of ours handles it."""


@pytest.fixture
def shelf(database, session, cast, clock):
    """A course with more readings than three batches hold, and one reading elsewhere, in APA."""
    add_readings(session, cast.ines, [CSL] * MANY, clock())
    add_readings(session, cast.elsewhere, [CSL], clock())
    session.commit()
    return database


@pytest.fixture
def renderer(shelf):
    return ReferenceRenderer(shelf, Event())


@pytest.fixture
def choose(shelf, cast):
    def choose(style):
        with shelf.writing() as session:
            assert change_settings(session, cast.ines, CourseSettings(style, Library.NONE, "", "UTC"))

    return choose


def in_styles(database, course_id):
    """How many references are in which style; each says what it is rendered as."""
    with database.read() as session:
        rows = session.execute(
            select(Reading.reference_style, Reading.reference_html, func.count())
            .where(Reading.course_id == course_id)
            .group_by(Reading.reference_style, Reading.reference_html)
        ).all()
    assert all(html == reference_html(CSL, style) for style, html, _ in rows)
    return {style: count for style, _, count in rows}


def before_the(nth, act):
    """Rendering that does something first when it is asked for the nth time."""
    asked = 0

    def render(csl, style):
        nonlocal asked
        asked += 1
        if asked == nth:
            act()
        return reference_html(csl, style)

    return render


def kill():
    raise Killed


def test_references_follow_the_style_of_their_course(renderer, choose, cast):
    choose(CitationStyle.MLA)
    assert in_styles(renderer.database, cast.course_id) == {CitationStyle.APA: MANY}
    renderer.render_stale()
    assert in_styles(renderer.database, cast.course_id) == {CitationStyle.MLA: MANY}
    assert in_styles(renderer.database, cast.elsewhere.course_id) == {CitationStyle.APA: 1}


def test_a_run_that_is_killed_is_continued_by_the_next(renderer, choose, cast, monkeypatch):
    choose(CitationStyle.MLA)
    monkeypatch.setattr(styles, "reference_html", before_the(BATCH + 2, kill))
    with pytest.raises(Killed):
        renderer.render_stale()
    done = {CitationStyle.MLA: BATCH, CitationStyle.APA: MANY - BATCH}
    assert in_styles(renderer.database, cast.course_id) == done
    again = before_the(MANY - BATCH + 1, kill)  # nothing that is done is done again
    monkeypatch.setattr(styles, "reference_html", again)
    ReferenceRenderer(renderer.database, Event()).render_stale()
    assert in_styles(renderer.database, cast.course_id) == {CitationStyle.MLA: MANY}


def test_a_second_change_of_style_meanwhile_wins(renderer, choose, cast, monkeypatch):
    choose(CitationStyle.MLA)
    monkeypatch.setattr(styles, "reference_html", before_the(2, lambda: choose(CitationStyle.HARVARD)))
    renderer.render_stale()
    assert in_styles(renderer.database, cast.course_id) == {
        CitationStyle.MLA: BATCH,
        CitationStyle.HARVARD: MANY - BATCH,
    }
    renderer.render_stale()  # as the second change rings for
    assert in_styles(renderer.database, cast.course_id) == {CitationStyle.HARVARD: MANY}


def test_what_an_instructor_has_changed_meanwhile_stays(renderer, choose, cast):
    choose(CitationStyle.MLA)
    with renderer.database.read() as session:
        stale = list_stale_references(session, after=0, limit=1)[0]
    changed = to_csl(replace(KOTTER, year=2001))
    with renderer.database.writing() as session:
        change_reading(session, cast.ines, stale.reading_id, changed, version=stale.version, through_library=True)
    with renderer.database.writing() as session:
        store_reference(session, stale, reference_html(stale.csl, stale.style))
    with renderer.database.read() as session:
        assert session.get_one(Reading, stale.reading_id).reference_html == reference_html(changed, CitationStyle.MLA)


def test_no_transaction_is_open_while_references_are_rendered(renderer, choose, cast, clock, monkeypatch):
    def write():
        with renderer.database.writing() as session:
            add_readings(session, cast.ines, [CSL], clock())

    choose(CitationStyle.MLA)
    monkeypatch.setattr(styles, "reference_html", before_the(3, write))
    renderer.render_stale()
    assert in_styles(renderer.database, cast.course_id) == {CitationStyle.MLA: MANY + 1}


def test_a_record_that_cannot_be_rendered_keeps_no_other_back(renderer, choose, cast, monkeypatch):
    def fail():
        raise ValueError

    choose(CitationStyle.MLA)
    monkeypatch.setattr(styles, "reference_html", before_the(3, fail))
    renderer.render_stale()
    assert in_styles(renderer.database, cast.course_id) == {CitationStyle.MLA: MANY - 1, CitationStyle.APA: 1}
    renderer.render_stale()
    assert in_styles(renderer.database, cast.course_id) == {CitationStyle.MLA: MANY}


def test_a_worker_that_is_to_stop_begins_no_other_batch(renderer, choose, cast, monkeypatch):
    choose(CitationStyle.MLA)
    monkeypatch.setattr(styles, "reference_html", before_the(1, renderer.stopping.set))
    renderer.render_stale()
    assert in_styles(renderer.database, cast.course_id)[CitationStyle.MLA] == BATCH


def test_the_code_before_this_one_says_nothing_of_the_style(renderer, cast):
    """Its references are rendered again, whichever style they are in."""
    with renderer.database.writing() as session:
        for reading in session.scalars(select(Reading)):
            reading.reference_style, reading.reference_html = None, "?"
    renderer.render_stale()
    assert in_styles(renderer.database, cast.course_id) == {CitationStyle.APA: MANY}


def test_the_bell_and_the_sweep_render_them(shelf, choose, sender, cast):
    settings = Settings(secret_key=SecretStr("x" * 40), database_url="sqlite:///:memory:")
    jobs = Jobs(make_huey(settings, immediate=True), sender=sender, roster=SimpleNamespace(refresh=None), storage=None)
    choose(CitationStyle.MLA)
    HueyBell(jobs).ring_references()
    assert in_styles(shelf, cast.course_id) == {CitationStyle.MLA: MANY}
    choose(CitationStyle.HARVARD)  # and nobody rings
    for task in jobs.huey.read_periodic(datetime(2026, 9, 8, 3, 55, tzinfo=UTC)):
        if task.name == "sweep_references":
            jobs.huey.execute(task)
    assert in_styles(shelf, cast.course_id) == {CitationStyle.HARVARD: MANY}
