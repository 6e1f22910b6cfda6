"""A student's posts with the comments of their released grade."""

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue

from lti_app.core.errors import NotFound
from lti_app.discussion.discussions.queries.discussion import get_discussion
from lti_app.grading.assessments.queries.grades import get_released_grade
from lti_app.grading.assessments.queries.post_comments import list_commented_posts
from lti_app.web.grading.forms.annotations import noted
from lti_app.web.session import get_visitor
from lti_app.web.transactions import now, read_session

blueprint = Blueprint("feedback", __name__, url_prefix="/courses/<int:course_id>/discussions/<int:discussion_id>")


@blueprint.get("/feedback")
def show(discussion_id: int) -> ResponseReturnValue:
    """The actor's own posts with the comments on them; there is nothing before the grade is released."""
    actor, session = get_visitor(), read_session()
    discussion = get_discussion(session, actor, discussion_id, now=now())
    grade = get_released_grade(session, actor, discussion)
    if grade is None:
        raise NotFound
    posts = list_commented_posts(session, actor, discussion, grade.post_comments)
    return render_template(
        "grading/feedback.html",
        discussion=discussion,
        grade=grade,
        posts=posts,
        noted=noted(posts, grade.post_comments),
        base_url=url_for("discussions.show", discussion_id=discussion_id),
    )
