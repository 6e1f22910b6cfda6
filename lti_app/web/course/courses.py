"""The course home, the course settings, and the time zone that a browser reports."""

from collections import Counter
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lti_app.course.courses.actions import change_settings, report_time_zone
from lti_app.course.courses.queries import get_settings
from lti_app.course.courses.rules import Actor, Role
from lti_app.discussion.discussions.queries.course import lines_of, list_required, list_views
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.discussion.moderation.queries import count_review_items
from lti_app.discussion.reviewing.queries.tasks import list_owed
from lti_app.grading.assessments.queries.term import list_own_excused
from lti_app.grading.assessments.queries.waiting import count_to_grade
from lti_app.library.readings.access import may_edit, require_staff
from lti_app.library.readings.queries import list_class_progress, list_readings
from lti_app.notices.feed.queries.notices import count_unread
from lti_app.participation.matrix.queries.own import list_own_work
from lti_app.participation.matrix.rules.own import next_due_first
from lti_app.web.course.forms.courses import CourseSettingsForm, prefilled
from lti_app.web.session import get_visitor
from lti_app.web.templating import due_soon
from lti_app.web.transactions import now, read_session, ring_references, writing

blueprint = Blueprint("courses", __name__, url_prefix="/courses/<int:course_id>")


@blueprint.get("")
def home() -> ResponseReturnValue:
    """The discussions of the course with their dates, and its readings."""
    actor, session = get_visitor(), read_session()
    views = list_views(session, actor, now())
    discussions = lines_of(actor, views)
    owed = list_owed(session, actor, now=now()) if any(line.has_reviews for line in discussions) else []
    return render_template(
        "course/courses/home.html",
        course_title=actor.course_title,
        discussions=discussions,
        review_counts=count_review_items(session, actor),
        owed_reviews={each.discussion_id: each for each in owed},
        readings=list_readings(session, actor),
        **_own_term(actor, views),
        to_grade=count_to_grade(session, actor),
        unread=count_unread(session, actor, views),
        is_staff=actor.is_staff,
        is_student=actor.role is Role.STUDENT and not actor.is_previewing,
        may_edit=may_edit(actor),
    )


def _own_term(actor: Actor, views: list[DiscussionView]) -> dict[str, Any]:
    """A student's own work in each discussion, and what is owed, with words for what is due within a day or two."""
    session = read_session()
    excused = list_own_excused(session, actor) if actor.role is Role.STUDENT else frozenset()
    work = list_own_work(session, actor, views, excused=excused, now=now())
    owed = next_due_first(work)
    dates = {each.discussion_id: each.next_due for each in owed if each.next_due}
    return {
        "own_work": {each.discussion_id: each for each in work},
        "owed_work": owed,
        "soon": {key: words for key, due in dates.items() if (words := due_soon(due))},
    }


@blueprint.get("/readings/progress")
def progress() -> ResponseReturnValue:
    """Who has opened and read what: the students and the required readings, for staff."""
    actor, session = get_visitor(), read_session()
    require_staff(actor)
    required = list_required(session, actor)
    readings = {reading.id: reading for reading in list_readings(session, actor)}
    students = list_class_progress(session, actor, required)
    done = Counter(key for student in students for key, so_far in student.progress.items() if so_far.read_at)
    in_order = [readings[reading_id] for reading_id in required]
    return render_template("course/courses/progress.html", readings=in_order, students=students, done=done)


@blueprint.route("/settings", methods=["GET", "POST"])
def settings() -> ResponseReturnValue:
    """How references are written in this course, and the library through which its readings are reached."""
    actor = get_visitor()
    form = CourseSettingsForm(data=prefilled(get_settings(read_session(), actor)))
    if request.method == "POST" and form.validate():
        with writing() as session:
            is_restyled = change_settings(session, actor, form.to_settings())
        if is_restyled:
            ring_references()
        flash(_("Settings saved."))
        return redirect(url_for(".home"), 303)
    return render_template("course/courses/settings.html", form=form), 422 if request.method == "POST" else 200


@blueprint.post("/time-zone")
def set_time_zone() -> ResponseReturnValue:
    """Remember the reader's time zone; the script that reports it needs no answer."""
    actor = get_visitor()
    with writing() as session:
        known = report_time_zone(session, actor, request.form.get("time_zone", ""))
    return "", 204 if known else 422
