"""Files that posts and prompts show: who may look at one is who may read what shows it."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_app.core.errors import NotFound
from lti_app.course.courses.rules import Actor
from lti_app.discussion.discussions.queries.course import list_views
from lti_app.discussion.posts.models import Attachment, Post
from lti_app.discussion.posts.queries.readable import list_readable
from lti_app.discussion.visibility.queries import readable_in
from lti_app.discussion.visibility.rules import has_begun
from lti_app.library.files.queries import FileView, get_file, list_files
from lti_app.library.files.rules import Purpose, ending_of


def get_shown_file(session: Session, actor: Actor, file_id: int, *, now: datetime) -> FileView:
    """The gate to a file by its address; raises NotFound.

    Readings are for the whole course. What is attached to a post is for its owner, for staff, and for those who may
    read a post that shows it: not when the post is hidden, deleted, held, private or another group's. Readers who
    see a pseudonym do not learn the name of the author's file, nor get a file that may contain the author's name.
    """
    file = get_file(session, actor, file_id)
    if not _open_to(session, actor, [file], now):
        raise NotFound
    if file.owner_id == actor.person_id or not _is_under_pseudonym(session, actor, file, now):
        return file
    if file.media_type.may_name_author:
        raise NotFound
    return replace(file, neutral_name=f"attachment-{file.id}{ending_of(file.name)}")


def list_shown_files(session: Session, actor: Actor, file_ids: Collection[int], *, now: datetime) -> list[FileView]:
    """Those of these files that the gate lets the actor look at.

    One statement (none for no files); three more where another student's is among them, and one more for prompts.
    """
    return _open_to(session, actor, list_files(session, actor, file_ids).values(), now)


def _open_to(session: Session, actor: Actor, files: Collection[FileView], now: datetime) -> list[FileView]:
    asked = {file.id for file in files if not _is_always_open(actor, file)}
    shown = _find_shown(session, actor, asked, now) if asked else set()
    return [file for file in files if file.id not in asked or file.id in shown]


def _is_always_open(actor: Actor, file: FileView) -> bool:
    return file.purpose is Purpose.READING or actor.is_staff or file.owner_id == actor.person_id


def _is_under_pseudonym(session: Session, actor: Actor, file: FileView, now: datetime) -> bool:
    """Whether a student's post shows the file in a discussion where the actor sees pseudonyms."""
    if file.purpose is Purpose.READING:
        return False
    hiding = [view.id for view in list_views(session, actor, now) if view.hides_names_from(actor)]
    shows = select(Attachment.file_id).join(Post, Post.id == Attachment.post_id)
    here = (Attachment.file_id == file.id, Post.discussion_id.in_(hiding), Post.by_staff.is_(False))
    return bool(hiding) and session.scalar(shows.where(*here).limit(1)) is not None


def _find_shown(session: Session, actor: Actor, file_ids: Collection[int], now: datetime) -> set[int]:
    """Those of these files that some post or prompt shows to the actor."""
    readable = list_readable(session, actor, now)
    in_posts = (
        select(Attachment.file_id)
        .join(Post, Post.id == Attachment.post_id)
        .where(Attachment.file_id.in_(file_ids), readable_in(Post, actor, readable))
    )
    shown = set(session.scalars(in_posts))
    if missing := set(file_ids) - shown:
        views = list_views(session, actor, now)
        prompts = [view.prompt_html for view in views if has_begun(actor.role, view.state)]
        shown |= {file_id for file_id in missing if any(f"/files/{file_id}/" in prompt for prompt in prompts)}
    return shown
