"""Search within a course or a discussion, and one person's posts."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from lti_app.core.errors import NotFound
from lti_app.discussion.posts.queries.readable import list_readable
from lti_app.discussion.search.queries import get_person_posts, search_posts
from lti_app.discussion.search.rules import MAX_QUERY
from lti_app.web.session import get_visitor
from lti_app.web.transactions import now, read_session

blueprint = Blueprint("search", __name__, url_prefix="/courses/<int:course_id>")


@blueprint.get("/search")
def show() -> ResponseReturnValue:
    """Posts by their words (`?q=`), in the whole course or in one discussion (`?in=`), page by page (`?below=`)."""
    actor, session = get_visitor(), read_session()
    query = request.args.get("q", "")[:MAX_QUERY].strip()
    within = request.args.get("in", type=int)
    readable = list_readable(session, actor, now())
    scope = next((view for view in readable if view.id == within), None)
    if within is not None and scope is None:
        raise NotFound
    found = search_posts(
        session, actor, [scope] if scope else readable, query, below=request.args.get("below", type=int)
    )
    return render_template("discussion/search/show.html", query=query, scope=scope, readable=readable, found=found)


@blueprint.get("/people/<int:person_id>/posts")
def person(person_id: int) -> ResponseReturnValue:
    """What one person wrote in this course, as far as the reader sees it under their name."""
    below = request.args.get("below", type=int)
    written = get_person_posts(read_session(), get_visitor(), person_id, now(), below=below)
    return render_template("discussion/search/person.html", written=written, first=below is None)
