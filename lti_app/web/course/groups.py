"""The groups of a course: groups from the LMS, and groups that an instructor creates here."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from lti_app.core.errors import Refused
from lti_app.course.courses.rules import Actor
from lti_app.course.groups.access import require_manage
from lti_app.course.groups.actions import (
    make_group,
    name_groups,
    place_students,
    remove_group,
    rename_group,
    split_students,
)
from lti_app.course.groups.queries import list_groups, list_members, list_places
from lti_app.course.groups.rules import GroupKind
from lti_app.web.course.forms.groups import GroupForm, SplitForm, group_refusal, moves_of, names_of
from lti_app.web.errors import status_of
from lti_app.web.forms.fields import ConfirmForm
from lti_app.web.session import get_visitor
from lti_app.web.transactions import read_session, writing

blueprint = Blueprint("groups", __name__, url_prefix="/courses/<int:course_id>/groups")


@blueprint.get("")
def manage() -> ResponseReturnValue:
    """All groups of the course with their students."""
    return _page(_enter())


@blueprint.post("")
def make() -> ResponseReturnValue:
    """Make one group."""
    actor, form = _enter(), GroupForm()
    if not form.validate():
        return _page(actor, form=form), 422
    try:
        with writing() as session:
            make_group(session, actor, form.name.data or "")
    except Refused as error:
        form.name.errors = [group_refusal(error)]
        return _page(actor, form=form), status_of(error)
    flash(_("Group created. Choose its students below."))
    return _back()


@blueprint.post("/split")
def split() -> ResponseReturnValue:
    """Spread the class, or those who are in no group, evenly over some groups."""
    actor, form = _enter(), SplitForm()
    if not form.validate():
        return _page(actor, split_form=form), 422
    try:
        with writing() as session:
            count = split_students(
                session, actor, form.count.data or 1, name_of=_numbered, everybody=form.whom.data == "everybody"
            )
    except Refused as error:
        form.count.errors = [group_refusal(error)]
        return _page(actor, split_form=form), status_of(error)
    flash(ngettext("%(num)d student was added to a group.", "%(num)d students were added to groups.", count))
    return _back()


@blueprint.post("/students")
def place() -> ResponseReturnValue:
    """Put students into groups one by one; only what was changed on the page is changed."""
    actor = _enter()
    if ConfirmForm().validate():
        with writing() as session:
            place_students(session, actor, moves_of(request.form))
        flash(_("Saved."))
    return _back()


@blueprint.post("/names")
def give_names() -> ResponseReturnValue:
    """Name the groups of which the LMS has sent only a number."""
    actor = _enter()
    if ConfirmForm().validate():
        with writing() as session:
            count = name_groups(session, actor, names_of(request.form))
        flash(ngettext("%(num)d group was named.", "%(num)d groups were named.", count))
    return _back()


@blueprint.post("/<int:group_id>")
def change(group_id: int) -> ResponseReturnValue:
    """Rename a group, or take it away."""
    actor, form = _enter(), GroupForm()
    try:
        with writing() as session:
            if request.form.get("action") == "remove":
                remove_group(session, actor, group_id)
            else:
                rename_group(session, actor, group_id, form.name.data or "")
    except Refused as error:
        flash(group_refusal(error), "warning")
        return _page(actor), status_of(error)
    flash(_("Saved."))
    return _back()


def _enter() -> Actor:
    actor = get_visitor()
    require_manage(actor)
    return actor


def _numbered(number: int) -> str:
    return str(_("Group %(number)s", number=number))


def _back() -> ResponseReturnValue:
    return redirect(url_for(".manage"), 303)


def _page(actor: Actor, *, form: GroupForm | None = None, split_form: SplitForm | None = None) -> str:
    session = read_session()
    groups = list_groups(session, actor)
    return render_template(
        "course/groups/manage.html",
        of_lms=[group for group in groups if group.kind is not GroupKind.OWN],
        nameless=[group for group in groups if not group.name],
        own=[group for group in groups if group.kind is GroupKind.OWN],
        members=list_members(session, actor),
        places=list_places(session, actor),
        form=form or GroupForm(formdata=None),
        split_form=split_form or SplitForm(formdata=None),
    )
