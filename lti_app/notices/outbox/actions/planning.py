"""Putting notices into mails: one of their own at once, or the next one of a day or a week."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lti_app.core.db import insert_into
from lti_app.course.courses.rules import Actor
from lti_app.notices.feed.models import Notice
from lti_app.notices.feed.queries.notices import select_notices
from lti_app.notices.feed.rules.kinds import MAILED_WITHIN, URGENT
from lti_app.notices.outbox.models import MailedNotice, OutgoingMail, RefusedAddress
from lti_app.notices.outbox.rules.addressing import address_key, usable_address
from lti_app.notices.outbox.rules.retries import AT_ONCE_IN_AN_HOUR, LOOK_AGAIN, MailState
from lti_app.notices.preferences.queries import MailRecipient, collect_recipients, get_member
from lti_app.notices.preferences.rules import Frequency, after_quiet_hours, mail_due

HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class _Addressee:
    course_id: int
    person_id: int
    recipient: MailRecipient
    singles: int
    """Mails of their own that they got from the course in the last hour."""


def plan_mails(session: Session, *, now: datetime, limit: int) -> int:
    """Put up to `limit` notices that wait into mails, or decide that they are not mailed; returns how many waited.

    What their readers cannot see now, such as a reply that is held for review, is looked at again later, for some days.
    Of several workers each takes its own notices.
    """
    rows = session.scalars(
        select(Notice).where(Notice.mail_at <= now).order_by(Notice.mail_at, Notice.id).limit(limit)
        .with_for_update(skip_locked=True)
    ).all()  # fmt: skip
    in_order = sorted(rows, key=lambda row: (row.course_id, row.person_id, row.id))
    for course_id, of_course in groupby(in_order, key=lambda row: row.course_id):
        waiting = list(of_course)
        people = {row.person_id for row in waiting}
        recipients = _willing(session, course_id, people)
        for person_id, of_person in groupby(waiting, key=lambda row: row.person_id):
            own = list(of_person)
            actor = get_member(session, course_id=course_id, person_id=person_id, now=now)
            if person_id in recipients and actor is not None:
                _plan(session, actor, recipients[person_id], own, now)
            else:
                for row in own:
                    row.mail_at = None
    session.flush()
    return len(rows)


def return_notices(notices: Sequence[Notice], *, now: datetime) -> None:
    """Look again later at notices that a mail could not tell; at old ones no more."""
    for row in notices:
        row.mail_at = now + LOOK_AGAIN if now - row.at < MAILED_WITHIN else None


def _willing(session: Session, course_id: int, people: set[int]) -> dict[int, MailRecipient]:
    """Those of them who want mail and have an address that takes it, by person id (two statements)."""
    refused = {
        row.person_id: row.address_key
        for row in session.scalars(select(RefusedAddress).where(RefusedAddress.person_id.in_(people)))
    }
    found = {}
    for person_id, recipient in collect_recipients(session, course_id, people).items():
        address = usable_address(recipient.email)
        is_taken = address and refused.get(person_id) != address_key(address)
        if is_taken and recipient.chosen.frequency is not Frequency.OFF:
            found[person_id] = recipient
    return found


def _plan(session: Session, actor: Actor, recipient: MailRecipient, rows: Sequence[Notice], now: datetime) -> None:
    seen = {line.id for line in select_notices(session, actor, [row.id for row in rows], now=now)}
    return_notices([row for row in rows if row.id not in seen], now=now)
    singles = _count_singles(session, actor, now)
    for row in rows:
        if row.id not in seen:
            continue
        row.mail_at = None
        if now - row.at >= MAILED_WITHIN:  # no mail could be sent for days; the list in the tool has it
            continue
        is_urgent = row.kind in URGENT
        due = mail_due(recipient.chosen, recipient.zone, now, is_urgent=is_urgent)
        if due is None:
            continue
        is_single = is_urgent or recipient.chosen.frequency is Frequency.AT_ONCE
        if is_single and singles >= AT_ONCE_IN_AN_HOUR:
            is_single, due = False, after_quiet_hours(now + HOUR, recipient.zone, recipient.chosen)
        singles += is_single
        mail_id = _begin(session, actor, due, now) if is_single else _open_bundle(session, actor, due, now)
        session.add(MailedNotice(notice_id=row.id, mail_id=mail_id))
        session.flush()


def _count_singles(session: Session, actor: Actor, now: datetime) -> int:
    recent = (OutgoingMail.created_at > now - HOUR, OutgoingMail.is_bundle.is_(False))
    own = (OutgoingMail.person_id == actor.person_id, OutgoingMail.course_id == actor.course_id)
    return session.scalar(select(func.count()).select_from(OutgoingMail).where(*own, *recent)) or 0


def _begin(session: Session, actor: Actor, due: datetime, now: datetime) -> int:
    row = OutgoingMail(**_values(actor, due, now, is_bundle=False))
    session.add(row)
    session.flush()
    return row.id


def _open_bundle(session: Session, actor: Actor, due: datetime, now: datetime) -> int:
    """The mail of several notices that is not yet being sent: the one there is, or a new one."""
    own = (OutgoingMail.person_id == actor.person_id, OutgoingMail.course_id == actor.course_id)
    found = select(OutgoingMail).where(*own, OutgoingMail.is_open).with_for_update()
    row = None
    while row is None:  # a worker may claim the one that is there before we have it
        values = _values(actor, due, now, is_bundle=True)
        session.execute(insert_into(session, OutgoingMail).values(values).on_conflict_do_nothing())
        row = session.scalars(found.execution_options(populate_existing=True)).one_or_none()
    row.due_at = min(row.due_at, due)
    session.flush()
    return row.id


def _values(actor: Actor, due: datetime, now: datetime, *, is_bundle: bool) -> dict[str, object]:
    return {
        "course_id": actor.course_id,
        "person_id": actor.person_id,
        "token": secrets.token_hex(16),
        "is_bundle": is_bundle,
        "is_open": is_bundle,
        "state": MailState.PENDING,
        "due_at": due,
        "attempts": 0,
        "error_detail": "",
        "created_at": now,
    }
