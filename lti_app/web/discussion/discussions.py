"""A discussion: reading it, setting it up, and how it is counted."""

from collections.abc import Iterable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from lti_app.course.courses.rules import Actor, Role
from lti_app.course.groups.queries import GroupLine
from lti_app.discussion.discussions.access import DiscussionPermission, may
from lti_app.discussion.discussions.actions.remove import remove_discussion
from lti_app.discussion.discussions.errors import DatesOutOfOrder, NotRemovable
from lti_app.discussion.discussions.queries.discussion import DiscussionView, get_discussion
from lti_app.discussion.discussions.queries.lineage import get_lineage
from lti_app.discussion.discussions.rules import State
from lti_app.discussion.moderation.queries import find_moved
from lti_app.discussion.posts import access as posts_access
from lti_app.discussion.posts.rules.addresses import address_to_path
from lti_app.discussion.read_state.actions import record_first_opening
from lti_app.discussion.read_state.rules import Sort, write_numbers
from lti_app.discussion.reviewing.queries.tasks import list_tasks
from lti_app.discussion.stances.queries import get_stances
from lti_app.discussion.threads.queries import PostLine, ThreadPage, get_overview, read_thread
from lti_app.discussion.threads.rules import Jumps, Overview
from lti_app.grading.assessments.queries.grades import get_released_grade
from lti_app.grading.assessments.queries.history import list_looks
from lti_app.grading.assessments.queries.points import get_points
from lti_app.grading.assessments.queries.waiting import count_waiting
from lti_app.grading.assessments.rules import MAX_REASON
from lti_app.grading.rubrics.queries import get_rubric
from lti_app.notices.feed.queries.standing import get_standing
from lti_app.participation.progress.queries import Participation, requirements_of
from lti_app.participation.versions.queries import list_versions
from lti_app.web.discussion.cards import PageCards
from lti_app.web.discussion.first_screen import first_screen
from lti_app.web.discussion.forms.drafting import circumstances_with, first_post, own_participation
from lti_app.web.discussion.forms.setting_up import SettingsPage
from lti_app.web.discussion.forms.starting import groups_of, names_of, narrowed, starting
from lti_app.web.session import get_visitor
from lti_app.web.transactions import now, read_session, write_aside, writing

blueprint = Blueprint("discussions", __name__, url_prefix="/courses/<int:course_id>/discussions/<int:discussion_id>")


@blueprint.get("")
def show(discussion_id: int) -> ResponseReturnValue:
    """The discussion with the reader's progress and a page of posts; the way to set it up where nobody has."""
    actor, session = get_visitor(), read_session()
    discussion = get_discussion(session, actor, discussion_id, now=now())
    if discussion.state is State.UNPREPARED and may(actor, DiscussionPermission.EDIT_SETTINGS):
        return redirect(url_for(".settings", discussion_id=discussion_id), 303)
    if not _is_shown(actor, discussion):
        return render_template("discussion/discussions/not_open.html", discussion=discussion)
    groups = groups_of(session, actor, discussion)
    discussion = narrowed(discussion, groups, request.args.get("group"))
    own = own_participation(actor, discussion)
    circumstances = circumstances_with(session, actor, discussion, own)
    thread = _thread(session, actor, discussion, circumstances)
    if moved := _moved(session, actor, discussion, thread["page"]):
        return redirect(url_for(".show", discussion_id=discussion_id, at=moved, _anchor=f"p{moved}"), 303)
    told = {
        **_about(session, actor, discussion, own),
        **_own(session, actor, discussion, own),
        **thread,
        **_starting(actor, discussion, groups, own, circumstances),
    }
    cards = PageCards(actor, discussion, told["page"], told) if told["page"] else None
    return render_template("discussion/discussions/show.html", cards=cards, **told)


@blueprint.get("/thread/more")
def more(discussion_id: int) -> ResponseReturnValue:
    """The posts from an address on, for a script that goes on reading: no page, and more of them than one has."""
    actor, session = get_visitor(), read_session()
    discussion = get_discussion(session, actor, discussion_id, now=now())
    groups = groups_of(session, actor, discussion)
    discussion = narrowed(discussion, groups, request.args.get("group"))
    own = own_participation(actor, discussion)
    circumstances = circumstances_with(session, actor, discussion, own)
    posts_access.require(actor, posts_access.PostPermission.READ, circumstances)
    told = {
        "discussion": discussion,
        "is_staff": actor.is_staff,
        "stance": get_stances(session, actor, discussion),
        "followed": get_standing(session, actor, discussion).threads,
        "base_url": url_for(".show", discussion_id=discussion_id),
        **_thread(session, actor, discussion, circumstances, goes_on=True),
        "post_verdicts": own.verdicts.posts if own else {},
        "group_names": names_of(groups),
    }
    cards = PageCards(actor, discussion, told["page"], told)
    return render_template("discussion/threads/_posts.html", cards=cards, **told)


@blueprint.get("/participation")
def participation(discussion_id: int) -> ResponseReturnValue:
    """How participation is counted here, in words, and what the reader's own numbers were counted from."""
    actor, session = get_visitor(), read_session()
    discussion = get_discussion(session, actor, discussion_id, now=now())
    if not _is_shown(actor, discussion):
        return render_template("discussion/discussions/not_open.html", discussion=discussion)
    own = own_participation(actor, discussion)
    return render_template(
        "discussion/discussions/participation.html",
        discussion=discussion,
        requirements=requirements_of(discussion),
        **_own(session, actor, discussion, own),
        rubric=get_rubric(session, discussion),
        versions=list_versions(session, actor, discussion),
        base_url=url_for(".show", discussion_id=discussion_id),
    )


@blueprint.route("/settings", methods=["GET", "POST"])
def settings(discussion_id: int) -> ResponseReturnValue:
    """The settings page. Only its last button saves: others add a reading to the course, fill in requirements or show
    how students see them, and keep everything else as it was typed.
    """
    actor = get_visitor()
    discussion = get_discussion(
        read_session(), actor, discussion_id, need=DiscussionPermission.EDIT_SETTINGS, now=now()
    )
    page = SettingsPage(actor, discussion)
    if request.method == "GET" or not page.saves:
        return page.answer()
    if page.form.validate():
        if effect := page.effect():
            return effect
        try:
            page.save()
        except DatesOutOfOrder as error:
            page.form.mark_out_of_order(error.data["earlier"], error.data["later"])
        else:
            return redirect(url_for(".show", discussion_id=discussion_id), 303)
    return page.render(), 422


@blueprint.post("/remove")
def remove(discussion_id: int) -> ResponseReturnValue:
    """Remove a discussion that is not set up and in which nobody has posted."""
    actor = get_visitor()
    try:
        with writing() as session:
            title = remove_discussion(session, actor, discussion_id, now=now())
    except NotRemovable:
        flash(_("A discussion that is set up or has posts can’t be removed."), "warning")
        return redirect(url_for(".show", discussion_id=discussion_id), 303)
    flash(_("“%(title)s” removed.", title=title))
    return redirect(url_for("courses.home"), 303)


def _is_shown(actor: Actor, discussion: DiscussionView) -> bool:
    """Whether there is anything to see: staff see a discussion before it opens, nobody before it is set up."""
    return discussion.state in (State.OPEN, State.CLOSED) or (actor.is_staff and discussion.state is State.SCHEDULED)


def _about(session: Session, actor: Actor, discussion: DiscussionView, own: Participation | None) -> dict[str, Any]:
    """What the page says of the discussion apart from its posts."""
    grade = get_released_grade(session, actor, discussion) if actor.role is Role.STUDENT else None
    waiting = count_waiting(session, actor, discussion)
    return {
        "discussion": discussion,
        "lineage": get_lineage(session, actor, discussion),
        "requirements": own.requirements if own else requirements_of(discussion),
        "rubric": get_rubric(session, discussion),
        "grade": grade,
        "looks": list_looks(session, actor, discussion) if grade else [],
        "max_reason": MAX_REASON,
        "can_edit_settings": may(actor, DiscussionPermission.EDIT_SETTINGS),
        "can_grade": may(actor, DiscussionPermission.GRADE),
        "review_count": waiting.to_review,
        "ungraded_count": waiting.to_grade,
        "is_staff": actor.is_staff,
        "stance": get_stances(session, actor, discussion),
        "review_tasks": list_tasks(session, actor, discussion, now=now()),
        "notices": (standing := get_standing(session, actor, discussion)),
        "followed": standing.threads,
        "base_url": url_for(".show", discussion_id=discussion.id),
    }


def _own(session: Session, actor: Actor, discussion: DiscussionView, own: Participation | None) -> dict[str, Any]:
    """What the page says of the reader's own participation."""
    if own is None:
        return {"progress": None, "points": None, "post_verdicts": {}}
    points = get_points(session, actor, discussion, actor.person_id, own.verdicts)
    return {"progress": own.verdicts, "points": points, "post_verdicts": own.verdicts.posts}


def _starting(
    actor: Actor,
    discussion: DiscussionView,
    groups: list[GroupLine],
    own: Participation | None,
    circumstances: posts_access.Circumstances,
) -> dict[str, Any]:
    """What the page needs to begin a thread with."""
    can_write = posts_access.may(actor, posts_access.PostPermission.START, circumstances)
    has_posted = circumstances.has_posted
    form = first_post(actor, discussion, participation=own, can_write=can_write, has_posted=has_posted)
    return {"has_posted": has_posted, "can_write": can_write, **starting(form, groups, discussion, actor)}


def _thread(
    session: Session,
    actor: Actor,
    discussion: DiscussionView,
    circumstances: posts_access.Circumstances,
    *,
    goes_on: bool = False,
) -> dict[str, Any]:
    """What the page shows of the posts: those that the address asks for, in the order it asks for, and what is new.

    An address of a post without an order is in thread order, so that it means the same to everybody. `page` is None
    while the reader may see no posts.
    """
    overview = get_overview(session, actor, discussion)
    if not overview.has_opened and actor.role is Role.STUDENT:
        write_aside(lambda writer: record_first_opening(writer, actor, discussion))
    if not posts_access.may(actor, posts_access.PostPermission.READ, circumstances):
        told = first_screen(actor, overview, None, has_posted=circumstances.has_posted)
        return {"activity": overview.activity, "page": None, **told}
    start = address_to_path(request.args.get("at", "")) or ""
    asked = request.args.get("sort")
    sort = Sort(asked) if asked in list(Sort) else Sort.OLDEST if "at" in request.args else overview.preferred_sort
    page = read_thread(
        session,
        actor,
        discussion,
        circumstances=circumstances,
        start=start,
        sort=sort,
        unread=overview.unread.by_thread,
        goes_on=goes_on,
        outline=overview.outline,
    )
    return {
        "activity": overview.activity,
        "page": page,
        "liked": frozenset(line.id for line in page.lines if line.is_liked),
        **_new(discussion, overview, page),
        **({} if goes_on else first_screen(actor, overview, page, has_posted=circumstances.has_posted)),
    }


def _moved(session: Session, actor: Actor, discussion: DiscussionView, page: object) -> str | None:
    """Where the post stands now that the address asks for, where it was moved; asked only if it is not on the page."""
    at = request.args.get("at", "")
    if not address_to_path(at) or not isinstance(page, ThreadPage) or any(post.address == at for post in page.lines):
        return None
    return find_moved(session, actor, discussion, at)


def _new(discussion: DiscussionView, overview: Overview, page: ThreadPage) -> dict[str, object]:
    """What is new to the reader, here and elsewhere, and the ways there."""
    new = overview.unread
    new_here = tuple(post for post in page.lines if post.number in new)

    def jumps(kind: str, posts: Iterable[PostLine]) -> Jumps:
        elsewhere = url_for("threads.next_post", discussion_id=discussion.id, kind=kind)
        return Jumps(tuple(post.address for post in posts), elsewhere)

    return {
        "new": new,
        "new_here": write_numbers(post.number for post in new_here),
        "new_anywhere": write_numbers(new.numbers) if discussion.shown_group_id else "",
        "unread_count": new.count,
        "to_new": jumps("unread", new_here),
        "to_own": jumps("own", (post for post in page.lines if post.is_own and not post.is_deleted)),
    }
