"""What if the rules were others: who would gain and lose, before anything is saved."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from lti_app.course.courses.rules import Actor
from lti_app.discussion.discussions.access import DiscussionPermission, require
from lti_app.discussion.discussions.errors import SettingsChanged
from lti_app.participation.matrix.actions import apply_rule
from lti_app.participation.matrix.queries.what_if import RulePreview, list_ruled, preview_rule
from lti_app.web.participation.forms.what_if import WhatIfForm
from lti_app.web.requests import is_number
from lti_app.web.session import get_visitor
from lti_app.web.transactions import now, read_session, writing

blueprint = Blueprint("what_if", __name__, url_prefix="/courses/<int:course_id>/participation/what-if")


@blueprint.get("")
def show() -> ResponseReturnValue:
    """The form; the discussion that the address names is chosen."""
    actor = _enter()
    return _page(_form(actor, request.args.get("discussion", "")))


@blueprint.post("")
def change() -> ResponseReturnValue:
    """Show what the change would do, or do what was shown."""
    actor = _enter()
    form = _form(actor)
    if not form.validate():
        return _page(form), 422
    changes = form.to_changes()
    if request.form.get("do") == "apply" and changes and (versions := _seen()):
        try:
            with writing() as session:
                apply_rule(session, actor, changes, versions=versions, now=now())
        except SettingsChanged:
            return _page(form, _preview(actor, form), is_stale=True), 409
        count = len(versions)
        flash(ngettext("Rule changed in %(num)s discussion.", "Rule changed in %(num)s discussions.", count))
        return redirect(url_for("course_matrix.show"), 303)
    return _page(form, _preview(actor, form) if changes else None)


def _enter() -> Actor:
    actor = get_visitor()
    require(actor, DiscussionPermission.EDIT_SETTINGS)
    return actor


def _form(actor: Actor, chosen: str = "") -> WhatIfForm:
    form = WhatIfForm()
    views = list_ruled(read_session(), actor, now=now())
    named = [(f"{view.id}", view.title or _("Untitled")) for view in views]
    form.discussion.choices = [("", _("All discussions")), *named]
    if any(chosen == key for key, _title in named):
        form.discussion.data = chosen
    return form


def _preview(actor: Actor, form: WhatIfForm) -> RulePreview:
    return preview_rule(read_session(), actor, form.to_changes(), form.discussion_id, now=now())


def _seen() -> dict[int, int]:
    """The versions of the settings that the preview was about, by discussion id; what is none is left out."""
    pairs = (entry.partition("-") for entry in request.form.getlist("seen"))
    return {int(key): int(version) for key, _dash, version in pairs if is_number(key) and is_number(version)}


def _page(form: WhatIfForm, preview: RulePreview | None = None, *, is_stale: bool = False) -> str:
    return render_template(
        "participation/what_if.html",
        form=form,
        preview=preview,
        is_stale=is_stale,
        affected=len({change.person_id for effect in preview.effects for change in effect.changes}) if preview else 0,
    )
