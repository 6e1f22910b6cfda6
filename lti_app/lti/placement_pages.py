"""What an instructor may decide about the activity that opens a discussion."""

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lti_app.discussion.discussions.errors import NotRemovable
from lti_app.lti.placing import continue_original
from lti_app.web.session import get_visitor
from lti_app.web.transactions import now, ring, writing

blueprint = Blueprint("placements", __name__, url_prefix="/courses/<int:course_id>/discussions/<int:discussion_id>")


@blueprint.post("/continue-original")
def continue_original_discussion(discussion_id: int) -> ResponseReturnValue:
    """Let the activity of a copy open the original discussion."""
    actor = get_visitor()
    try:
        with writing() as session:
            original_id = continue_original(session, actor, discussion_id, now=now())
    except NotRemovable:
        flash(_("This copy is set up or has posts, so it can’t be removed."), "warning")
        return redirect(url_for("discussions.show", discussion_id=discussion_id), 303)
    ring()
    flash(_("The activity now opens this discussion. The copy was removed."))
    return redirect(url_for("discussions.show", discussion_id=original_id), 303)
