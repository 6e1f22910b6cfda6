"""The stance question before and after a discussion."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lti_app.core.errors import NotFound, Refused
from lti_app.course.courses.rules import Actor
from lti_app.discussion.discussions.queries.discussion import DiscussionView, get_discussion
from lti_app.discussion.stances.access import require_answer
from lti_app.discussion.stances.actions import answer_stance
from lti_app.discussion.stances.queries import get_stances
from lti_app.web.discussion.forms.stances import StanceForm, mark_refused
from lti_app.web.errors import status_of
from lti_app.web.session import get_visitor
from lti_app.web.transactions import now, read_session, writing

blueprint = Blueprint("stances", __name__, url_prefix="/courses/<int:course_id>/discussions/<int:discussion_id>/poll")


@blueprint.get("")
def ask(discussion_id: int) -> ResponseReturnValue:
    """The question by itself: to answer, to answer again, to name the post that moved one."""
    actor, discussion = _enter(discussion_id)
    return _page(actor, discussion, None)


@blueprint.post("")
def answer(discussion_id: int) -> ResponseReturnValue:
    """Take an answer."""
    actor, discussion = _enter(discussion_id)
    form = StanceForm()
    if not form.validate():
        return _page(actor, discussion, form), 422
    again, moved_by = bool(form.again.data), (form.moved.data or "").strip()
    try:
        with writing() as session:
            answer_stance(session, actor, discussion, int(form.value.data), again=again, moved_by=moved_by, now=now())
    except Refused as error:
        mark_refused(form, error)
        return _page(actor, discussion, form), status_of(error)
    flash(_("Your position is saved. The class poll is below."))
    return redirect(url_for("discussions.show", discussion_id=discussion_id, _anchor="stance"), 303)


def _enter(discussion_id: int) -> tuple[Actor, DiscussionView]:
    actor = get_visitor()
    discussion = get_discussion(read_session(), actor, discussion_id, now=now())
    require_answer(actor, discussion)
    return actor, discussion


def _page(actor: Actor, discussion: DiscussionView, form: StanceForm | None) -> str:
    stance = get_stances(read_session(), actor, discussion)
    if stance is None:
        raise NotFound
    begun = {"value": stance.own_after or stance.own_before, "moved": request.args.get("moved") or stance.own_moved_by}
    return render_template(
        "discussion/stances/ask.html",
        discussion=discussion,
        stance=stance,
        form=form or StanceForm(formdata=None, data=begun),
        base_url=url_for("discussions.show", discussion_id=discussion.id),
    )
