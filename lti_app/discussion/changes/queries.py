"""Whether anything in discussions has changed."""

from collections.abc import Collection, Mapping

from sqlalchemy import ColumnElement, ScalarSelect, bindparam, func, select
from sqlalchemy.orm import Session

from lti_app.core.statements import fetch_rows
from lti_app.discussion.changes.models import ChangeMark
from lti_app.discussion.changes.rules import Source

_MARKS = select(ChangeMark.discussion_id, ChangeMark.source, ChangeMark.mark).where(
    ChangeMark.discussion_id.in_(bindparam("wanted", expanding=True))
)


def collect_marks(session: Session, wanted: Mapping[int, Collection[Source]]) -> dict[int, frozenset[str]]:
    """The marks of discussions, by id, of the sources that are wanted of each (one statement).

    While they are the same, so are all facts from these sources, in every process. Called with discussions that a gate
    has answered with.
    """
    marks: dict[int, set[str]] = {discussion_id: set() for discussion_id in wanted}
    for discussion_id, source, mark in fetch_rows(session, _MARKS, {"wanted": list(wanted)}):
        if source in wanted[discussion_id]:
            marks[discussion_id].add(mark)
    return {discussion_id: frozenset(found) for discussion_id, found in marks.items()}


def marks_of(discussion: ColumnElement[int], source: Source) -> ScalarSelect[str]:
    """The marks of one source with spaces between them, in no order; NULL where there are none. For statements that say
    which discussion they are about."""
    found = (ChangeMark.discussion_id == discussion, ChangeMark.source == source)
    return select(func.aggregate_strings(ChangeMark.mark, " ")).where(*found).scalar_subquery()
