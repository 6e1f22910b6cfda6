"""Claiming mails for one worker, and recording what became of sending them."""

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from lti_app.core.db import insert_into
from lti_app.course.courses.rules import Actor
from lti_app.notices.feed.models import Notice
from lti_app.notices.outbox.actions.planning import return_notices
from lti_app.notices.outbox.models import MailedNotice, OutgoingMail, RefusedAddress
from lti_app.notices.outbox.rules.addressing import address_key
from lti_app.notices.outbox.rules.retries import MailState, is_worth_another_try, wait_before_retry


@dataclass(frozen=True)
class ClaimedMail:
    """A mail that only this worker may send until its lease ends."""

    id: int
    lease_token: str
    course_id: int
    person_id: int
    token: str
    is_bundle: bool
    notice_ids: tuple[int, ...]


def claim_mails(session: Session, now: datetime, *, limit: int, lease: timedelta) -> list[ClaimedMail]:
    """Claim up to `limit` due mails for this worker until `now` + `lease`; commit before sending them.

    If a worker dies, its mails are claimed again when the lease has ended. From now on nothing is added to them, so
    that a mail that is sent again tells of the same.
    """
    token = secrets.token_hex(16)
    free = or_(OutgoingMail.lease_until.is_(None), OutgoingMail.lease_until <= now)
    rows = session.scalars(
        select(OutgoingMail)
        .where(OutgoingMail.state == MailState.PENDING, OutgoingMail.due_at <= now, free)
        .order_by(OutgoingMail.due_at, OutgoingMail.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    for row in rows:
        row.lease_token, row.lease_until, row.is_open = token, now + lease, False
        row.attempts += 1
    session.flush()
    told: dict[int, list[int]] = {}
    of_rows = MailedNotice.mail_id.in_([row.id for row in rows])
    for mail_id, notice_id in session.execute(select(MailedNotice.mail_id, MailedNotice.notice_id).where(of_rows)):
        told.setdefault(mail_id, []).append(notice_id)
    return [
        ClaimedMail(
            row.id, token, row.course_id, row.person_id, row.token, row.is_bundle, tuple(sorted(told.get(row.id, ())))
        )
        for row in rows
    ]


def finish_mail(session: Session, claimed: ClaimedMail, *, told: Collection[int], now: datetime) -> None:
    """Record that the server has accepted the mail, or with nothing `told` that there was none to send.

    Notices that it did not tell, since their reader could not see what they are about, are looked at again.
    """
    row = _still_ours(session, claimed)
    if row is None:
        return
    row.state, row.ended_at = MailState.SENT if told else MailState.DROPPED, now
    row.error_code, row.error_detail = None, ""
    _return(session, [notice_id for notice_id in claimed.notice_ids if notice_id not in told], now)
    session.flush()


def postpone_mail(session: Session, claimed: ClaimedMail, *, until: datetime) -> None:
    """Send it then: it was not tried, since its reader wants quiet or the server does not answer."""
    row = _still_ours(session, claimed)
    if row is not None:
        row.due_at = max(row.due_at, until)
        row.attempts -= 1
        session.flush()


def delay_mail(session: Session, claimed: ClaimedMail, *, code: str, detail: str = "", now: datetime) -> None:
    """Record a failed attempt that is to be repeated, until the mail is too old to be of use."""
    row = _still_ours(session, claimed)
    if row is None:
        return
    row.error_code, row.error_detail = code, detail
    if is_worth_another_try(row.created_at, now):
        row.due_at = now + wait_before_retry(row.attempts, fraction=secrets.randbelow(1000) / 1000)
    else:
        row.state, row.ended_at = MailState.REFUSED, now
    session.flush()


def refuse_mail(
    session: Session, claimed: ClaimedMail, *, code: str, detail: str = "", address: str = "", now: datetime
) -> None:
    """Record that the server has rejected the mail for good. With an `address` it is that which is rejected, and this
    person gets no more mail until the LMS sends another one or they ask to try again.
    """
    row = _still_ours(session, claimed)
    if row is None:
        return
    row.state, row.ended_at, row.error_code, row.error_detail = MailState.REFUSED, now, code, detail
    if address:
        stop_address(session, row.person_id, address, detail=detail, has_bounced=False, now=now)
    session.flush()


def stop_address(
    session: Session, person_id: int, address: str, *, detail: str, has_bounced: bool, now: datetime
) -> None:
    """Send this person no more mail until the LMS sends another address or they ask to try this one again."""
    values = {"address_key": address_key(address), "detail": detail, "refused_at": now, "has_bounced": has_bounced}
    statement = insert_into(session, RefusedAddress).values({"person_id": person_id, **values})
    session.execute(statement.on_conflict_do_update(index_elements=["person_id"], set_=values))
    session.flush()


def try_address_again(session: Session, actor: Actor) -> None:
    """Forget what has stopped mail to the actor's address, because they say that it works now.

    Reports about mails of before say nothing about that, however late they come.
    """
    session.execute(delete(RefusedAddress).where(RefusedAddress.person_id == actor.person_id))
    tried = (OutgoingMail.person_id == actor.person_id, OutgoingMail.state != MailState.PENDING)
    session.execute(update(OutgoingMail).where(*tried).values(takes_bounce=False, bounced_key=None))
    session.flush()


def forget_mails(session: Session, *, before: datetime) -> int:
    """Delete mails that ended before then; returns how many. Their notices stay."""
    old = select(OutgoingMail.id).where(OutgoingMail.ended_at < before)
    session.execute(delete(MailedNotice).where(MailedNotice.mail_id.in_(old)))
    return len(session.scalars(delete(OutgoingMail).where(OutgoingMail.id.in_(old)).returning(OutgoingMail.id)).all())


def _return(session: Session, notice_ids: Collection[int], now: datetime) -> None:
    if not notice_ids:
        return
    session.execute(delete(MailedNotice).where(MailedNotice.notice_id.in_(notice_ids)))
    return_notices(session.scalars(select(Notice).where(Notice.id.in_(notice_ids))).all(), now=now)


def _still_ours(session: Session, claimed: ClaimedMail) -> OutgoingMail | None:
    """The row, with its lease released, if this worker still holds the lease; otherwise None."""
    row = session.scalar(
        select(OutgoingMail)
        .where(OutgoingMail.id == claimed.id, OutgoingMail.lease_token == claimed.lease_token)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if row is not None:
        row.lease_token = row.lease_until = None
    return row
