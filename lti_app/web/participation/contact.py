"""When instructors were last in touch with each student, as a page and as a file."""

from collections.abc import Sequence
from datetime import datetime

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from lti_app.course.courses.rules import Actor
from lti_app.discussion.discussions.access import DiscussionPermission, require
from lti_app.exchange.exporting.rules.tables import ExportedTable
from lti_app.grading.assessments.queries.contact import list_gradings
from lti_app.participation.activity.queries.pictures import get_contact
from lti_app.participation.activity.rules.contact import ContactLine, contact_lines
from lti_app.web.participation.tables import table_file
from lti_app.web.session import get_visitor
from lti_app.web.transactions import now, read_session

blueprint = Blueprint("contact", __name__, url_prefix="/courses/<int:course_id>/participation/contact")
WEEKS = (1, 2, 3, 4, 6, 8)
DEFAULT_WEEKS = 3


@blueprint.get("")
def show() -> ResponseReturnValue:
    """The students whom the reader has not answered or graded for longest first."""
    actor = get_visitor()
    require(actor, DiscussionPermission.GRADE)
    lines, hidden = _lines(actor)
    weeks, only_due = _weeks(), request.args.get("show") == "due"
    due = [line for line in lines if line.is_due(weeks, now())]
    return render_template(
        "participation/contact.html",
        lines=due if only_due else lines,
        students=len(lines),
        due=len(due),
        never=sum(line.by_viewer is None for line in lines),
        only_due=only_due,
        weeks=weeks,
        choices=WEEKS,
        hidden=hidden,
        moment_now=now(),
    )


@blueprint.get("/file")
def file() -> ResponseReturnValue:
    """The same as a file."""
    actor = get_visitor()
    require(actor, DiscussionPermission.GRADE)
    lines, _hidden = _lines(actor)
    table = _table(lines, _weeks(), now())
    return table_file(table, _("Instructor contact, %(course)s", course=actor.course_title or _("Your course")))


def _lines(actor: Actor) -> tuple[list[ContactLine], int]:
    session = read_session()
    found = get_contact(session, actor, now())
    grades = list_gradings(session, actor, found.views)
    return contact_lines(found.students, actor.person_id, answers=found.answers, grades=grades), found.hidden


def _weeks() -> int:
    text = request.args.get("weeks", "")
    return int(text) if text in [str(each) for each in WEEKS] else DEFAULT_WEEKS


def _table(lines: Sequence[ContactLine], weeks: int, moment: datetime) -> ExportedTable:
    span = ngettext("%(num)s week", "%(num)s weeks", weeks)
    head = [
        *(_("Student"), _("You replied"), _("You graded"), _("Other staff")),
        _("No contact from you for %(span)s", span=span),
    ]
    due, not_due, nameless = _("yes"), _("no"), _("Name not available")
    rows = [
        [
            line.student.name or nameless,
            *(line.answered_at, line.graded_at, line.others_at),
            due if line.is_due(weeks, moment) else not_due,
        ]
        for line in lines
    ]
    return ExportedTable(_("Instructor contact"), head, rows)
