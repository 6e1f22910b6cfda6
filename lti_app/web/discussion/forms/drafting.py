"""From a composer's form to its draft and back, and what the page tells around it."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from lti_app.core.errors import ColloquyError
from lti_app.core.prose import to_html
from lti_app.course.courses.rules import Actor, Role
from lti_app.discussion.answers.queries import UnansweredPost, list_unanswered
from lti_app.discussion.discussions.queries.discussion import DiscussionView, get_discussion
from lti_app.discussion.drafts.actions import save_refused_as_draft
from lti_app.discussion.drafts.queries import DraftView, list_drafts
from lti_app.discussion.drafts.rules import FIRST_POST, DraftContent, DraftPlace
from lti_app.discussion.posts.access import Circumstances
from lti_app.discussion.posts.queries.gate import circumstances_of, with_own_post
from lti_app.discussion.posts.queries.views import PostView
from lti_app.discussion.posts.rules.formats import Format
from lti_app.participation.forecast.queries import Guide, Writing, get_guide
from lti_app.participation.progress.queries import Participation, get_participation, requirements_of
from lti_app.web.discussion.forms.composing import Aids, words_of_agreement
from lti_app.web.discussion.forms.posts import PostForm
from lti_app.web.discussion.forms.quoting import passage_asked_for
from lti_app.web.transactions import now, read_session, writing

OTHERS_SHOWN = 3
"""Posts that wait, shown to somebody who is about to answer another one."""


def begun_with(draft: DraftView | None, begun: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The fields of a form that goes on with a draft; what its writer comes with besides is put after it."""
    fields = dict(begun or {})
    if draft is None:
        return fields
    kept = draft.drafted
    text, kind = kept.text, kept.format
    if more := fields.get("text"):
        text, kind = _as_html(text, kind) + _as_html(more, Format(fields.get("format", Format.TEXT))), Format.HTML
    return {
        "text": text,
        "format": kind.value,
        "attached": list(kept.file_ids),
        "move": kept.move.value if kept.move else "",
        "title": kept.title,
        "draft": draft.version,
    }


def begun_again(written: Mapping[str, Any], draft: DraftView | None) -> dict[str, Any]:
    """The fields of a form that changes what was written, where it has been begun going on from there."""
    begun = begun_with(draft)
    return {**written, **begun, "title": begun.get("title", "").strip() or written["title"]}


def draft_content_of(form: PostForm) -> DraftContent:
    """What stands in a composer."""
    sent = form.to_content()
    return DraftContent(sent.text, sent.format, sent.move, form.title.data or "", sent.file_ids)


def save_as_draft(actor: Actor, discussion_id: int, form: PostForm, place: DraftPlace) -> None:
    """Keep a post that was refused; where its writer has no place any more, the page alone has it."""
    drafted = draft_content_of(form)
    try:
        with writing() as session:
            discussion = get_discussion(session, actor, discussion_id, now=now())
            form.draft.data = save_refused_as_draft(session, actor, discussion, place, drafted, now=now())
    except ColloquyError:
        return


def own_participation(actor: Actor, discussion: DiscussionView) -> Participation | None:
    """What counts for the actor; None for all but students."""
    return get_participation(read_session(), actor, discussion, now=now()) if actor.role is Role.STUDENT else None


def circumstances_with(
    session: Session, actor: Actor, discussion: DiscussionView, own: Participation | None
) -> Circumstances:
    """What the actor's permissions depend on; a student's participation has answered it already."""
    if own is None:
        return circumstances_of(session, actor, discussion)
    return with_own_post(discussion, has_posted=own.verdicts.has_started)


def aids_to(
    actor: Actor,
    discussion: DiscussionView,
    form: PostForm,
    place: DraftPlace,
    *,
    participation: Participation | None,
    parent: PostView | None = None,
    draft: DraftView | None = None,
    is_reply: bool = False,
) -> Aids:
    """What the page tells around the form: how its text would count, where its draft is, which posts are unanswered."""
    unanswered = _unanswered(actor, discussion, parent) if parent and participation else ()
    requirements = participation.requirements if participation else requirements_of(discussion)
    is_reply = is_reply or parent is not None
    return Aids(
        place=place,
        person_id=actor.person_id,
        words=(requirements.of_reply if is_reply else requirements.of_first_post).words,
        move_asked=requirements.calls.get("move"),
        guide=guide_to(actor, discussion, draft_content_of(form), place, participation=participation, parent=parent),
        draft=draft,
        is_reply=is_reply,
        claim=next((one for one in unanswered if parent and one.id == parent.id), None),
        unanswered=tuple(one for one in unanswered if parent and one.id != parent.id)[:OTHERS_SHOWN],
    )


def first_post(
    actor: Actor, discussion: DiscussionView, *, participation: Participation | None, can_write: bool, has_posted: bool
) -> dict[str, Any]:
    """For the page of a discussion: the form of a first post with what was written there, and drafts of others.

    Only those who have to begin, or have begun to write, have it before them; others are offered the way to it.
    """
    drafts = list_drafts(read_session(), actor, discussion) if actor.role is not Role.OBSERVER else ()
    if not can_write:
        return {"form": None, "drafts": drafts, "offers_start": False}
    begun = next((draft for draft in drafts if draft.place == FIRST_POST), None)
    fields = begun_with(begun, passage_asked_for(read_session(), actor, discussion))
    if not fields and (has_posted or actor.is_staff):
        return {"form": None, "drafts": drafts, "offers_start": True}
    form = PostForm(formdata=None, **fields)
    form.aids = aids_to(actor, discussion, form, FIRST_POST, participation=participation, draft=begun)
    return {"form": form, "drafts": tuple(draft for draft in drafts if draft is not begun), "offers_start": False}


def guide_to(
    actor: Actor,
    discussion: DiscussionView,
    drafted: DraftContent,
    place: DraftPlace,
    *,
    participation: Participation | None,
    parent: PostView | None = None,
) -> Guide | None:
    """What is said to a student about what is written so far; None for others, for whom nothing counts."""
    if participation is None:
        return None
    edited_id = place.post_id if place.is_edit else None
    there = Writing(drafted.text, drafted.format is Format.HTML, drafted.move, parent, edited_id)
    return get_guide(read_session(), actor, discussion, participation, there, fillers=words_of_agreement(), now=now())


def _unanswered(actor: Actor, discussion: DiscussionView, parent: PostView) -> tuple[UnansweredPost, ...]:
    return list_unanswered(read_session(), actor, discussion, first_id=parent.id, most=OTHERS_SHOWN + 1, now=now())


def _as_html(text: str, kind: Format) -> str:
    return text if kind is Format.HTML else to_html(text)
