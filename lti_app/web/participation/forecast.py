"""What a composer says while one is writing: how the post would count, and advice."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import BadRequest

from lti_app.discussion.discussions.queries.discussion import get_discussion
from lti_app.discussion.drafts.access import require_saving
from lti_app.discussion.drafts.rules import FIRST_POST, parse_place
from lti_app.web.discussion.forms.drafting import guide_to, own_participation
from lti_app.web.discussion.forms.drafts import DraftForm
from lti_app.web.session import get_visitor
from lti_app.web.transactions import now, read_session

blueprint = Blueprint(
    "guidance", __name__, url_prefix="/courses/<int:course_id>/discussions/<int:discussion_id>/guidance"
)


@blueprint.post("")
def preview(discussion_id: int) -> ResponseReturnValue:
    """A part of the composer's page for what stands in it now. Nothing is stored."""
    actor, form = get_visitor(), DraftForm()
    place = parse_place(form.place.data or FIRST_POST.key)
    if place is None or not form.validate() or form.to_draft_content().is_too_large:
        raise BadRequest
    discussion = get_discussion(read_session(), actor, discussion_id, now=now())
    post = require_saving(read_session(), actor, discussion, place)
    participation, parent = own_participation(actor, discussion), None if place.is_edit else post
    guide = guide_to(actor, discussion, form.to_draft_content(), place, participation=participation, parent=parent)
    return render_template("discussion/posts/_guide.html", guide=guide, place=place)
