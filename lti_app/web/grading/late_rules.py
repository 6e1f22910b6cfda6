"""The late rule of a discussion: choosing it, and what becomes of grades that are saved already."""

import json

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lti_app.course.courses.rules import Actor
from lti_app.discussion.discussions.access import DiscussionPermission
from lti_app.discussion.discussions.queries.discussion import DiscussionView, get_discussion
from lti_app.grading.adjustments.rules.given import rule_of
from lti_app.grading.adjustments.rules.late import InvalidLateRule, LateRule
from lti_app.grading.assessments.actions.late_rules import change_late_rule, preview_late_rule
from lti_app.grading.assessments.actions.rescoring import Regrading
from lti_app.grading.assessments.errors import LateRuleChanged, LateRuleInUse
from lti_app.web.grading.class_list import list_class
from lti_app.web.grading.forms.adjustments import LateRuleForm, begun_late_rule
from lti_app.web.session import get_visitor
from lti_app.web.transactions import now, read_session, writing

blueprint = Blueprint(
    "late_rules", __name__, url_prefix="/courses/<int:course_id>/discussions/<int:discussion_id>/late"
)
CHOICES = {each.value: each for each in Regrading}


@blueprint.get("")
def edit(discussion_id: int) -> ResponseReturnValue:
    """The late rule of the discussion."""
    _actor, discussion = _enter(discussion_id)
    return _page(discussion, LateRuleForm(formdata=None, data=begun_late_rule(rule_of(discussion.late_rule))))


@blueprint.post("")
def save(discussion_id: int) -> ResponseReturnValue:
    """Save it. If it changes grades, show first which, and ask what becomes of them."""
    actor, discussion = _enter(discussion_id)
    form, action = LateRuleForm(), request.form.get("do", "save")
    if not form.validate():
        return _page(discussion, form), 422
    if action == "back":
        return _page(discussion, form)
    try:
        rule, seen = form.to_rule(), _seen()
        with writing() as session:
            chosen = CHOICES.get(action)
            change_late_rule(session, actor, discussion, rule, seen=seen, regrading=chosen, now=now())
    except InvalidLateRule:
        return _page(discussion, form), 422
    except LateRuleInUse:
        return _ask(actor, discussion, form.to_rule())
    except LateRuleChanged:
        return _page(discussion, form, is_stale=True), 409
    flash(_("Late rule saved."))
    return redirect(_back(discussion_id), 303)


def _enter(discussion_id: int) -> tuple[Actor, DiscussionView]:
    actor = get_visitor()
    need = DiscussionPermission.EDIT_SETTINGS
    return actor, get_discussion(read_session(), actor, discussion_id, need=need, now=now())


def _back(discussion_id: int) -> str:
    """Where the page was opened from."""
    endpoint = "grading.desk" if request.args.get("to") == "grading" else "discussions.settings"
    return url_for(endpoint, discussion_id=discussion_id)


def _seen() -> LateRule | None:
    """The rule that the instructor saw. One that nobody can have seen is one that has changed."""
    try:
        return rule_of(json.loads(request.form.get("seen") or "null"))
    except (ValueError, TypeError, AttributeError) as error:
        raise LateRuleChanged from error


def _ask(actor: Actor, discussion: DiscussionView, rule: LateRule | None) -> str:
    list_class(actor, discussion)  # in blind grading it names whoever has no pseudonym yet
    lines = preview_late_rule(read_session(), actor, discussion, rule, now=now())
    return render_template(
        "grading/late/rescore.html",
        discussion=discussion,
        rule=rule,
        lines=[line for line in lines if not line.is_same],
        same=sum(line.is_same for line in lines),
        released=sum(line.is_released and not line.is_same for line in lines),
        fields=[(name, value) for name, value in request.form.items() if name not in ("do", "csrf_token")],
        back=_back(discussion.id),
    )


def _page(discussion: DiscussionView, form: LateRuleForm, *, is_stale: bool = False) -> str:
    current = discussion.late_rule
    seen = json.dumps(current, sort_keys=True) if current else ""
    if request.method == "POST" and not is_stale:
        seen = request.form.get("seen", "")
    return render_template(
        "grading/late/edit.html",
        discussion=discussion,
        form=form,
        seen=seen,
        is_stale=is_stale,
        back=_back(discussion.id),
    )
