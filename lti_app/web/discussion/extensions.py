"""Later dates for one person or one group."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lti_app.core.errors import NotFound, Refused
from lti_app.course.courses.queries import list_students
from lti_app.course.courses.rules import Actor
from lti_app.course.groups.queries import list_groups
from lti_app.discussion.discussions.access import DiscussionPermission
from lti_app.discussion.discussions.actions.extensions import extend, remove_extension
from lti_app.discussion.discussions.queries.discussion import DiscussionView, get_discussion
from lti_app.discussion.discussions.queries.extensions import list_extensions
from lti_app.discussion.discussions.rules import EXTENDABLE
from lti_app.web.discussion.forms.extensions import ExtensionForm, mark_refused, people_choices
from lti_app.web.errors import status_of
from lti_app.web.forms.fields import ConfirmForm
from lti_app.web.session import get_visitor
from lti_app.web.transactions import now, read_session, writing

blueprint = Blueprint(
    "extensions", __name__, url_prefix="/courses/<int:course_id>/discussions/<int:discussion_id>/extensions"
)


@blueprint.get("")
def manage(discussion_id: int) -> ResponseReturnValue:
    """Who has later dates, and the form to give some."""
    actor, discussion = _enter(discussion_id)
    return _page(actor, discussion, _form(actor, discussion))


@blueprint.post("")
def add(discussion_id: int) -> ResponseReturnValue:
    """Give a student or a group later dates."""
    actor, discussion = _enter(discussion_id)
    form = _form(actor, discussion)
    if not form.validate():
        return _page(actor, discussion, form), 422
    try:
        with writing() as session:
            dates, note = form.to_dates(), form.note.data or ""
            extend(session, actor, discussion, **form.to_whom(), dates=dates, note=note, now=now())
    except (Refused, NotFound) as error:
        mark_refused(form, error)
        return _page(actor, discussion, form), status_of(error)
    flash(_("Extension saved. The new dates apply now."))
    return redirect(url_for(".manage", discussion_id=discussion_id), 303)


@blueprint.post("/<int:extension_id>/remove")
def remove(discussion_id: int, extension_id: int) -> ResponseReturnValue:
    """The class's dates hold again."""
    actor, discussion = _enter(discussion_id)
    if ConfirmForm().validate():
        with writing() as session:
            remove_extension(session, actor, discussion, extension_id)
        flash(_("Extension removed. The class’s dates apply again."))
    return redirect(url_for(".manage", discussion_id=discussion_id), 303)


def _enter(discussion_id: int) -> tuple[Actor, DiscussionView]:
    actor = get_visitor()
    return actor, get_discussion(
        read_session(), actor, discussion_id, need=DiscussionPermission.EDIT_SETTINGS, now=now()
    )


def _form(actor: Actor, discussion: DiscussionView) -> ExtensionForm:
    session = read_session()
    form = ExtensionForm(data={"time_zone": str(discussion.zone)})
    form.whom.choices = people_choices(list_students(session, actor), list_groups(session, actor))
    return form


def _page(actor: Actor, discussion: DiscussionView, form: ExtensionForm) -> str:
    extensions = list_extensions(read_session(), actor, discussion)
    return render_template(
        "discussion/extensions/manage.html",
        discussion=discussion,
        form=form,
        extendable=[name for name in EXTENDABLE if getattr(discussion.class_calendar, name)],
        extensions=extensions,
        holds={each.id: discussion.class_calendar.extended(each.dates) for each in extensions},
        base_url=url_for("discussions.show", discussion_id=discussion.id),
    )
