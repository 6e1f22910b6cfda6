"""What the script of an open thread asks for: new posts, read state, jumps, and earlier versions of posts."""

from itertools import zip_longest

from flask import Blueprint, Response, g, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import ngettext
from werkzeug.exceptions import Unauthorized

from lti_app.discussion.discussions.queries.discussion import get_discussion
from lti_app.discussion.posts.queries.history import read_history
from lti_app.discussion.posts.rules.addresses import address_to_path
from lti_app.discussion.read_state.actions import choose_sort, mark_posts_read
from lti_app.discussion.read_state.queries import ask_for_news, find_next_own, find_next_unread
from lti_app.discussion.read_state.rules import Sort, parse_numbers
from lti_app.discussion.threads.rules import compare_versions
from lti_app.web.discussion.forms.threads import ReadPostsForm, SortForm
from lti_app.web.session import get_visitor, recognize, token_here
from lti_app.web.transactions import glancing, now, read_session, writing

blueprint = Blueprint("threads", __name__, url_prefix="/courses/<int:course_id>/discussions/<int:discussion_id>")
NOTHING = ("", 204)
MOST_POSTS = 2**31 - 1
"""That a discussion can have; the database compares no larger numbers."""
MOST_COMPARED = 30
"""Versions whose changes are shown; of older ones only the words."""


@blueprint.get("/thread/news")
def new_posts(discussion_id: int) -> ResponseReturnValue:
    """How many posts there are since a page was made, for a script to tell; nothing where there are none.

    A script that says what it has heard last is answered without a body while that has not changed.
    """
    token, since = token_here(), min(max(0, request.args.get("since", 0, type=int)), MOST_POSTS)
    with glancing() as session:
        asked = {"course_id": g.course_id, "discussion_id": discussion_id, "since": since}
        answer = ask_for_news(session, token=token, now=now(), **asked) if token else None
    if answer is None:
        raise Unauthorized
    actor, found = answer
    recognize(actor)
    heard = f"{found.count}-{found.address}"
    if request.if_none_match.contains(heard):
        response = Response(status=304)
    elif not found.count:
        response = Response(status=204)
    else:
        words = ngettext("%(num)s new post", "%(num)s new posts", found.count)
        response = jsonify(count=found.count, words=words, href=_post_url(discussion_id, found.address))
    response.set_etag(heard)
    return response


@blueprint.post("/thread/seen")
def mark_read(discussion_id: int) -> ResponseReturnValue:
    """Mark posts as read: reported by the script, which ignores the answer, or by a button of the page."""
    actor, form = get_visitor(), ReadPostsForm()
    if not form.validate():
        get_discussion(read_session(), actor, discussion_id, now=now(), bare=True)
        return NOTHING if form.quiet.data else _to_thread(discussion_id)
    with writing() as session:
        discussion = get_discussion(session, actor, discussion_id, now=now(), bare=True)
        reported = parse_numbers(form.numbers.data or "", discussion.post_count)
        if reported is not None:
            mark_posts_read(session, actor, discussion, reported)
    return NOTHING if form.quiet.data else _to_thread(discussion_id)


@blueprint.post("/thread/sort")
def sort(discussion_id: int) -> ResponseReturnValue:
    """Read the threads in another order, now and from now on."""
    actor, form = get_visitor(), SortForm()
    if not form.validate():
        get_discussion(read_session(), actor, discussion_id, now=now(), bare=True)
        return _to_thread(discussion_id)
    chosen = Sort(form.sort.data)
    with writing() as session:
        choose_sort(session, actor, get_discussion(session, actor, discussion_id, now=now(), bare=True), chosen)
    return _to_thread(discussion_id, chosen)


@blueprint.get("/thread/next/<any(unread, own):kind>")
def next_post(discussion_id: int, kind: str) -> ResponseReturnValue:
    """Go to the next new post, or to the next of the reader's own, below an address; else to the first of all."""
    actor, session = get_visitor(), read_session()
    discussion = get_discussion(session, actor, discussion_id, now=now(), bare=True)
    after = address_to_path(request.args.get("after", "")) or ""
    find = find_next_unread if kind == "unread" else find_next_own
    address = find(session, actor, discussion, after)
    return redirect(_post_url(discussion_id, address), 303) if address else _to_thread(discussion_id)


@blueprint.get("/posts/<int:post_id>/revisions")
def revisions(discussion_id: int, post_id: int) -> ResponseReturnValue:
    """The earlier versions of a post with the differences; for its author and for staff."""
    actor, session = get_visitor(), read_session()
    discussion = get_discussion(session, actor, discussion_id, now=now(), bare=True)
    post, versions = read_history(session, actor, discussion, post_id)
    texts = [version.text for version in reversed(versions[:MOST_COMPARED])]
    changes = reversed(compare_versions(texts))
    return render_template(
        "discussion/threads/revisions.html",
        discussion=discussion,
        post=post,
        versions=tuple(zip_longest(versions, changes)),
        base_url=url_for("discussions.show", discussion_id=discussion_id),
    )


def _to_thread(discussion_id: int, sort: Sort | None = None) -> ResponseReturnValue:
    """Back to the threads, to those of one group where that is what the reader had before them."""
    chosen, group = sort.value if sort else None, request.args.get("group", type=int)
    show = url_for("discussions.show", discussion_id=discussion_id, sort=chosen, group=group, _anchor="thread-title")
    return redirect(show, 303)


def _post_url(discussion_id: int, address: str) -> str:
    return url_for("discussions.show", discussion_id=discussion_id, at=address, _anchor=f"p{address}")
