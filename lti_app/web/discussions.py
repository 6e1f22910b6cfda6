"""A discussion: reading it, setting it up, and how it is counted."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from lti_app.courses.rules import Actor, Role
from lti_app.discussions.access import Permission, may
from lti_app.discussions.actions import set_up_discussion
from lti_app.discussions.errors import DatesOutOfOrder
from lti_app.discussions.queries import DiscussionView, get_discussion
from lti_app.discussions.rules import State
from lti_app.grading.queries import get_released_grade
from lti_app.participation.queries import get_progress
from lti_app.participation.rules import Verdicts
from lti_app.posts import access as posts_access
from lti_app.posts.queries import ThreadPage, circumstances_of, get_activity, read_thread
from lti_app.posts.rules import address_to_path
from lti_app.readings.actions import add_reading
from lti_app.readings.queries import ReadingLine, list_readings
from lti_app.readings.rules import to_csl
from lti_app.rubrics.actions import copy_rubric
from lti_app.rubrics.queries import get_rubric
from lti_app.rubrics.rules import DEFAULT_RUBRIC
from lti_app.web.forms.discussions import ReadingForm, SetUpForm, prefilled
from lti_app.web.forms.posts import PostForm
from lti_app.web.session import get_visitor
from lti_app.web.transactions import now, read_session, writing

blueprint = Blueprint("discussions", __name__, url_prefix="/courses/<int:course_id>/discussions/<int:discussion_id>")


@dataclass(frozen=True)
class ReadingChoice:
    """A reading of the course on the set-up page."""

    reading: ReadingLine
    assigned: bool
    required: bool


@blueprint.get("")
def show(discussion_id: int) -> ResponseReturnValue:
    """The discussion with the reader's progress and a page of posts; the way to set it up where nobody has."""
    actor, session = get_visitor(), read_session()
    discussion = get_discussion(session, actor, discussion_id, now=now())
    if discussion.state is State.UNPREPARED and may(actor, Permission.SET_UP):
        return redirect(url_for(".set_up", discussion_id=discussion_id), 303)
    if not _is_shown(actor, discussion):
        return render_template("discussions/not_open.html", discussion=discussion)
    progress = _progress(session, actor, discussion)
    circumstances = _circumstances(session, actor, discussion, progress)
    can_write = posts_access.may(actor, posts_access.Permission.START, circumstances)
    return render_template(
        "discussions/show.html",
        **_about(session, actor, discussion),
        progress=progress,
        post_verdicts=progress.posts if progress else {},
        page=_page(session, actor, discussion, circumstances),
        form=PostForm(formdata=None) if can_write else None,
        has_posted=circumstances.has_posted,
        can_write=can_write,
    )


@blueprint.get("/counting")
def counting(discussion_id: int) -> ResponseReturnValue:
    """How participation is counted here, in words, and what the reader's own numbers were counted from."""
    actor, session = get_visitor(), read_session()
    discussion = get_discussion(session, actor, discussion_id, now=now())
    if not _is_shown(actor, discussion):
        return render_template("discussions/not_open.html", discussion=discussion)
    return render_template(
        "discussions/counting.html",
        discussion=discussion,
        progress=_progress(session, actor, discussion),
        rubric=get_rubric(session, discussion),
        base_url=url_for(".show", discussion_id=discussion_id),
    )


@blueprint.route("/set-up", methods=["GET", "POST"])
def set_up(discussion_id: int) -> ResponseReturnValue:
    """The set-up page. Its second button adds a reading to the course and keeps everything else as it was typed."""
    actor = get_visitor()
    discussion = get_discussion(read_session(), actor, discussion_id, need=Permission.SET_UP, now=now())
    form = SetUpForm(data=prefilled(discussion, actor.time_zone))
    reading_form = ReadingForm(request.form if _adds_reading() else None, prefix="new-")
    if request.method == "GET":
        return _set_up_page(actor, discussion, form, reading_form)
    if _adds_reading():
        return _add_reading(actor, discussion, form, reading_form)
    if form.validate():
        try:
            _save_set_up(actor, discussion_id, form)
        except DatesOutOfOrder as error:
            _mark_out_of_order(form, error)
        else:
            flash(_("The discussion is set up. This is what your students see."))
            return redirect(url_for(".show", discussion_id=discussion_id), 303)
    return _set_up_page(actor, discussion, form, reading_form), 422


def _mark_out_of_order(form: SetUpForm, error: DatesOutOfOrder) -> None:
    later, earlier = form[str(error.data["later"])], form[str(error.data["earlier"])]
    later.errors = [_("This is before “%(earlier)s”.", earlier=earlier.label.text)]


def _is_shown(actor: Actor, discussion: DiscussionView) -> bool:
    """Whether there is anything to see: staff see a discussion before it opens, nobody before it is set up."""
    return discussion.state in (State.OPEN, State.CLOSED) or (actor.is_staff and discussion.state is State.SCHEDULED)


def _about(session: Session, actor: Actor, discussion: DiscussionView) -> dict[str, object]:
    """What the page says of the discussion apart from its posts."""
    return {
        "discussion": discussion,
        "activity": get_activity(session, discussion),
        "rubric": get_rubric(session, discussion),
        "grade": get_released_grade(session, actor, discussion) if actor.role is Role.STUDENT else None,
        "can_set_up": may(actor, Permission.SET_UP),
        "can_grade": may(actor, Permission.GRADE),
        "base_url": url_for(".show", discussion_id=discussion.id),
    }


def _adds_reading() -> bool:
    return request.form.get("action") == "add_reading"


def _add_reading(
    actor: Actor, discussion: DiscussionView, form: SetUpForm, reading_form: ReadingForm
) -> ResponseReturnValue:
    if not reading_form.validate():
        return _set_up_page(actor, discussion, form, reading_form), 422
    with writing() as session:
        added = add_reading(session, actor, to_csl(reading_form.to_entry()), now())
    flash(_("The reading is added and chosen. Save the set-up to assign it."))
    return _set_up_page(actor, discussion, form, ReadingForm(prefix="new-"), added=added)


def _save_set_up(actor: Actor, discussion_id: int, form: SetUpForm) -> None:
    with writing() as session:
        known = [line.id for line in list_readings(session, actor)]
        assigned = tuple(reading_id for reading_id in known if f"reading-{reading_id}" in request.form)
        required = frozenset(reading_id for reading_id in assigned if f"required-{reading_id}" in request.form)
        discussion = set_up_discussion(
            session,
            actor,
            discussion_id,
            set_up=form.to_set_up(assigned, required),
            version=form.version.data or 0,
            now=now(),
        )
        copy_rubric(session, discussion)


def _set_up_page(
    actor: Actor, discussion: DiscussionView, form: SetUpForm, reading_form: ReadingForm, *, added: int = 0
) -> str:
    chosen: Mapping[str, object] = request.form if request.method == "POST" else _assigned_now(discussion)
    choices = [
        ReadingChoice(
            line,
            assigned=line.id == added or f"reading-{line.id}" in chosen,
            required=line.id == added or f"required-{line.id}" in chosen,
        )
        for line in list_readings(read_session(), actor)
    ]
    return render_template(
        "discussions/set_up.html",
        discussion=discussion,
        form=form,
        reading_form=reading_form,
        reading_choices=choices,
        rubric_plan=DEFAULT_RUBRIC,
        base_url=url_for(".show", discussion_id=discussion.id),
    )


def _assigned_now(discussion: DiscussionView) -> dict[str, bool]:
    assigned = {f"reading-{reading.id}": True for reading in discussion.readings}
    return assigned | {f"required-{reading.id}": True for reading in discussion.readings if reading.required}


def _progress(session: Session, actor: Actor, discussion: DiscussionView) -> Verdicts | None:
    return get_progress(session, actor, discussion, now=now()) if actor.role is Role.STUDENT else None


def _circumstances(
    session: Session, actor: Actor, discussion: DiscussionView, progress: Verdicts | None
) -> posts_access.Circumstances:
    """What the reader's permissions depend on; a student's progress has answered it already."""
    if progress is None:
        return circumstances_of(session, actor, discussion)
    return posts_access.Circumstances(discussion.state, discussion.post_first, has_posted=progress.has_started)


def _page(
    session: Session, actor: Actor, discussion: DiscussionView, circumstances: posts_access.Circumstances
) -> ThreadPage | None:
    """The page of posts that the address asks for, the first where it has none; None while the reader may see none."""
    if not posts_access.may(actor, posts_access.Permission.READ, circumstances):
        return None
    start = address_to_path(request.args.get("at", "")) or ""
    page = read_thread(session, actor, discussion, circumstances=circumstances, start=start)
    if start and not page.posts:
        return read_thread(session, actor, discussion, circumstances=circumstances)
    return page
