"""Reading back what the LMS shows of the scores that it accepted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, exists, select, update
from sqlalchemy.orm import Session

from lti_app.core.db import alias_of
from lti_app.grading.passbacks.actions.queueing import send_column_again
from lti_app.grading.passbacks.models import TABLES, ScoreRow
from lti_app.grading.passbacks.ports import ColumnReading
from lti_app.grading.passbacks.rules.columns import stored_columns, worst
from lti_app.grading.passbacks.rules.parts import GradePart, read_parts, union_of
from lti_app.grading.passbacks.rules.results import (
    ColumnFacts,
    ReadBackVerdict,
    checks_so_far,
    column_facts,
    judge,
    next_check,
)
from lti_app.grading.passbacks.rules.states import InColumn, PassbackState, ReadBack, ScoreKind

TOGETHER = timedelta(minutes=2)
"""Scores that are to be read so soon are read with those that are due: a column is read at once."""

_PENDING = {kind: alias_of(table) for kind, table in TABLES.items()}


@dataclass(frozen=True)
class ClaimedColumn:
    """The gradebook columns of a discussion for one kind of score, one in most cases, that only this worker reads until
    its lease ends, with the scores to be read.
    """

    course_id: int
    discussion_id: int
    versions: Mapping[int, int]
    """The version that the LMS has accepted, by person id: what is read says nothing about a later one."""
    parts: tuple[GradePart, ...] = ()
    """The parts that have columns of their own; none where one column has the whole grade."""
    kind: ScoreKind = ScoreKind.GRADE


def claim_column(
    session: Session, now: datetime, *, lease: timedelta, apart_from: Select[int] | None = None
) -> ClaimedColumn | None:
    """Claim the column that has waited longest to be read; commit before reading it.

    Columns of the discussions `apart_from`, and those to which scores are due to be sent, are left alone. If a worker
    dies, its column is claimed again when the lease has ended.
    """
    claimed = (_claim(session, kind, now, lease=lease, apart_from=apart_from) for kind in TABLES)
    return next((each for each in claimed if each is not None), None)


def _claim(
    session: Session, kind: ScoreKind, now: datetime, *, lease: timedelta, apart_from: Select[int] | None
) -> ClaimedColumn | None:
    table, pending = TABLES[kind], _PENDING[kind]
    is_wanted = () if apart_from is None else (table.discussion_id.not_in(apart_from),)
    being_sent = exists().where(
        pending.discussion_id == table.discussion_id,
        pending.state == PassbackState.PENDING,
        pending.due_at <= now,
    )
    first = session.scalar(
        select(table)
        .where(table.check_due_at <= now, table.state == PassbackState.SENT, ~being_sent, *is_wanted)
        .order_by(table.check_due_at, table.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    if first is None:
        return None
    rows = session.execute(
        update(table)
        .where(
            table.discussion_id == first.discussion_id,
            table.state == PassbackState.SENT,
            table.check_due_at <= now + TOGETHER,
        )
        .values(check_due_at=now + lease)
        .returning(table.person_id, table.sent_version, table.sent_parts)
        .execution_options(synchronize_session=False)
    ).all()
    if not rows:  # another worker was faster
        return None
    parts = union_of(read_parts(row[2]) for row in rows)
    return ClaimedColumn(first.course_id, first.discussion_id, {row[0]: row[1] for row in rows}, parts, kind)


def finish_read(session: Session, claimed: ClaimedColumn, columns: Sequence[ColumnReading], *, now: datetime) -> int:
    """Record what the whole columns show; returns how many of the scores must be sent again.

    Scores that were released or sent again meanwhile are left alone. If one of several columns is gone, all scores are
    sent again, once, so that it is looked for.
    """
    rows = _accepted(session, claimed)
    if any(column.error_code == "not_found" for column in columns) and _send_all_once(session, claimed, rows, now):
        return len(rows)
    facts = {column.key: _facts(column, rows) for column in columns}
    read = [row for row in rows if claimed.versions.get(row.person_id) == row.sent_version]
    for row in read:
        _note(row, [column for column in columns if row.person_id in column.people], facts, now)
    session.flush()
    return sum(row.state is PassbackState.PENDING for row in read)


def finish_unread(session: Session, claimed: ClaimedColumn, code: str, *, now: datetime) -> None:
    """Record that a column could not be read (codes: passbacks.ports).

    A column that is gone gets all its scores again, once; one that the LMS lets nobody read is not read again before an
    instructor asks for it.
    """
    rows = _accepted(session, claimed)
    if code == "not_found" and _send_all_once(session, claimed, rows, now):
        return
    is_unreadable = code in ("unreadable", "not_found")
    for row in rows:
        if claimed.versions.get(row.person_id) == row.sent_version:
            row.read_back = ReadBack.UNREADABLE if is_unreadable else row.read_back
            row.checks += 1
            row.check_due_at = next_check(row.checks, row.read_back, now)
    session.flush()


def _accepted(session: Session, claimed: ClaimedColumn) -> list[ScoreRow]:
    table = TABLES[claimed.kind]
    rows = session.scalars(
        select(table)
        .where(table.discussion_id == claimed.discussion_id, table.state == PassbackState.SENT)
        .order_by(table.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return list(rows)


def _send_all_once(session: Session, claimed: ClaimedColumn, rows: Sequence[ScoreRow], now: datetime) -> bool:
    """Queue all scores whose column is gone, unless that was done before and did not help."""
    if not any(row.read_back is not ReadBack.UNREADABLE and not row.resends for row in rows):
        return False
    table = TABLES[claimed.kind]
    send_column_again(session, claimed.discussion_id, kinds=[claimed.kind], now=now)
    session.execute(update(table).where(table.discussion_id == claimed.discussion_id).values(resends=1))
    return True


def _facts(column: ColumnReading, rows: Sequence[ScoreRow]) -> ColumnFacts:
    known = [(row.known.within(column.key, column.part), column.shown.get(row.person_id)) for row in rows if row.known]
    return column_facts(known)


def _note(row: ScoreRow, columns: Sequence[ColumnReading], facts: Mapping[str, ColumnFacts], now: datetime) -> None:
    if row.known is None or not columns:
        return
    found, must_send = [], False
    for column in columns:
        shown = column.shown.get(row.person_id)
        verdict = ReadBackVerdict(ReadBack.UNREADABLE)
        if not column.error_code:
            verdict = judge(row.known.within(column.key, column.part), shown, facts[column.key])
        found.append(InColumn(column.key, column.name, verdict.read_back, shown, column.part))
        must_send = must_send or verdict.send_again
    told = worst(found)
    row.read_back, row.checked_at, row.columns = told.read_back, now, stored_columns(found)
    row.shown_given, row.shown_possible = (told.shown.given, told.shown.possible) if told.shown else (None, None)
    row.checks = checks_so_far(row.checks, told.read_back)
    row.check_due_at = next_check(row.checks, told.read_back, now)
    if must_send:
        row.state, row.attempts, row.due_at, row.queued_at = PassbackState.PENDING, 0, now, now
        row.read_back, row.check_due_at, row.sends_unseen = ReadBack.UNCHECKED, None, True
        row.sent_comment, row.resends = None, row.resends + 1
