"""What is stored of a text: checked against the limits, composed, and linked to what it cites, mentions and shows."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import bindparam, insert
from sqlalchemy.orm import Session

from lti_app.core.db import Id, insert_into
from lti_app.core.rich_reader import is_too_rich
from lti_app.course.courses.rules import Actor
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.discussion.posts.errors import FileNamesAuthor, PostEmpty, PostTooComplex, PostTooLong
from lti_app.discussion.posts.models import Attachment, Citation, Mention, Post
from lti_app.discussion.posts.queries.referred import compose_written, find_attachable
from lti_app.discussion.posts.rules.compose import MAX_HTML, MAX_TEXT, Composed
from lti_app.discussion.posts.rules.formats import Format
from lti_app.discussion.posts.rules.written import PostContent
from lti_app.library.files.actions import attach_files
from lti_app.library.files.rules import MediaType, Purpose
from lti_app.library.passages.queries import check_quotations
from lti_app.library.readings.actions.passages import find_or_add, known_values, places_of, select_known

_CITE = insert(Citation).from_select(["post_id", "passage_id"], select_known(bindparam("post", type_=Id)))


def compose_post(
    session: Session, actor: Actor, discussion: DiscussionView, written: PostContent, *, now: datetime
) -> Composed:
    """The text as it is stored; raises PostEmpty, PostTooLong or PostTooComplex."""
    is_rich = written.format is Format.HTML
    if len(written.text) > (limit := MAX_HTML if is_rich else MAX_TEXT):
        raise PostTooLong(limit=limit, length=len(written.text))
    if is_rich and is_too_rich(written.text):
        raise PostTooComplex
    composed = compose_written(session, actor, discussion, written.text, is_rich=is_rich, now=now)
    if not composed.text:
        raise PostEmpty
    if len(composed.text) > MAX_TEXT:
        raise PostTooLong(limit=MAX_TEXT, length=len(composed.text))
    return composed


def check_quotes(session: Session, discussion: DiscussionView, html: str) -> list[dict[str, object]]:
    """The verdicts on the longer quotations in a post, as stored in Post.quotes (one statement where there are any)."""
    labels = {reading.id: reading.label for reading in discussion.readings}
    return [verdict.to_stored(labels[verdict.reading_id]) for verdict in check_quotations(session, html, labels)]


def refuse_named_files(session: Session, actor: Actor, discussion: DiscussionView, file_ids: Collection[int]) -> None:
    """Raise FileNamesAuthor for a file that may tell whose it is, where others see the actor under a pseudonym."""
    if not discussion.hides_name_of(actor):
        return
    for file in find_attachable(session, actor, file_ids).values():
        if MediaType(str(file.shown["type"])).may_name_author:
            raise FileNamesAuthor(name=file.shown["name"])


def link_post(
    session: Session, actor: Actor, post: Post, written: PostContent, composed: Composed, *, now: datetime
) -> None:
    """Store the citations, mentions and files of a post. No statement for kinds that the post does not have."""
    _cite(session, post.id, composed)
    if composed.mentions:
        session.execute(insert(Mention), [{"post_id": post.id, "person_id": one} for one in composed.mentions])
    files = find_attachable(session, actor, {*written.file_ids, *composed.pictures})
    attach_files(session, actor, files.keys(), purpose=Purpose.ATTACHMENT, now=now)
    if shown := {*files, *composed.pictures}:
        session.execute(insert(Attachment), [{"post_id": post.id, "file_id": file_id} for file_id in shown])
    attached = [files[file_id].shown for file_id in written.file_ids if file_id in files]
    if attached != (post.attachments or []):  # a session looks at all that it holds before it writes nothing
        post.attachments = attached
        session.flush()


def _cite(session: Session, post_id: int, composed: Composed) -> None:
    """Store what a post cites: one statement where all of it has been cited before, else three."""
    chosen = {cited.passage_id for cited in composed.citations if cited.passage_id}
    places = places_of(
        (cited.reading_id, "" if cited.paragraph else cited.page, cited.paragraph)
        for cited in composed.citations
        if cited.passage_id is None
    )
    if not chosen and not places:
        return
    values = {"post": post_id, **known_values(chosen, places)}
    put = session.connection().execute(_CITE, values, execution_options={"preserve_rowcount": True})
    if put.rowcount < len(chosen) + len(places):
        passages = {*find_or_add(session, places).values(), *chosen}
        new = [{"post_id": post_id, "passage_id": passage_id} for passage_id in sorted(passages)]
        session.execute(insert_into(session, Citation).values(new).on_conflict_do_nothing())
