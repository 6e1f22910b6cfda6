"""What if the rules or the dates were others: who would gain and lose, before anything is saved."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from lti_app.course.courses.rules import Actor
from lti_app.discussion.discussions.access import DiscussionPermission, require
from lti_app.discussion.discussions.errors import SettingsChanged
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.participation.matrix.actions import apply_rule
from lti_app.participation.matrix.queries.what_if import RulePreview, list_ruled, preview_rule
from lti_app.participation.matrix.rules.proposals import RuleProposal
from lti_app.web.participation.forms.what_if import WhatIfForm, what_if_form
from lti_app.web.requests import is_number
from lti_app.web.session import get_visitor
from lti_app.web.transactions import now, read_session, writing

blueprint = Blueprint("what_if", __name__, url_prefix="/courses/<int:course_id>/participation/what-if")


@blueprint.get("")
def show() -> ResponseReturnValue:
    """The form; the discussion that the address names is chosen, with its dates."""
    form, view, _is_stale = _form(_enter(), request.args.get("discussion", ""))
    return _page(form, view)


@blueprint.post("")
def change() -> ResponseReturnValue:
    """Show what the change would do, or do what was shown; or show the dates of another discussion."""
    actor, do = _enter(), request.form.get("do")
    form, view, is_stale = _form(actor, request.form.get("discussion", ""))
    if do == "choose":
        return _page(form, view)
    if not form.is_sound(view):
        return _page(form, view), 422
    proposal = form.to_proposal(view)
    applies = do == "apply" and not proposal.is_empty and bool(versions := _seen(view))
    is_confirmed = request.form.get("shown") == proposal.digest
    if applies and is_confirmed and not is_stale:
        try:
            with writing() as session:
                apply_rule(session, actor, proposal, versions=versions, now=now())
        except SettingsChanged:
            is_stale = True
        else:
            return _applied(proposal, form.notes_of(proposal, view), len(versions))
    refusal = ("stale" if is_stale else "unseen") if applies or is_stale else ""
    return _page(form, view, proposal, refusal=refusal), 409 if is_stale else 200


def _enter() -> Actor:
    actor = get_visitor()
    require(actor, DiscussionPermission.EDIT_SETTINGS)
    return actor


def _form(actor: Actor, chosen: str) -> tuple[WhatIfForm, DiscussionView | None, bool]:
    return what_if_form(list_ruled(read_session(), actor, now=now()), chosen)


def _seen(view: DiscussionView | None) -> dict[int, int]:
    """The versions of the settings that the preview was about, by discussion id: of the chosen one, if one is. What is
    none is left out.
    """
    pairs = (entry.partition("-") for entry in request.form.getlist("seen"))
    seen = {int(key): int(version) for key, _dash, version in pairs if is_number(key) and is_number(version)}
    return {key: version for key, version in seen.items() if view is None or key == view.id}


def _applied(proposal: RuleProposal, notes: list[str], count: int) -> ResponseReturnValue:
    if proposal.is_dated:
        flash(_("The dates and the rule of this discussion are changed.") if proposal.values else _("Dates changed."))
    else:
        flash(ngettext("Rule changed in %(num)s discussion.", "Rule changed in %(num)s discussions.", count))
    for note in notes:
        flash(note, "warning")
    return redirect(url_for("course_matrix.show"), 303)


def _page(
    form: WhatIfForm, view: DiscussionView | None, proposal: RuleProposal | None = None, *, refusal: str = ""
) -> str:
    """The form, and what would follow if there is a proposal; `refusal` says why it was not applied."""
    preview = None
    if proposal is not None and not proposal.is_empty:
        preview = preview_rule(read_session(), get_visitor(), proposal, view.id if view else None, now=now())
    return render_template(
        "participation/what_if.html",
        form=form,
        view=view,
        preview=preview,
        proposal=proposal,
        refusal=refusal,
        notes=form.notes_of(proposal, view) if proposal else [],
        affected=_count_affected(preview) if preview else 0,
    )


def _count_affected(preview: RulePreview) -> int:
    return len({change.person_id for effect in preview.effects for change in effect.changes})
