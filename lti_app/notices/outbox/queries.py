"""What a mail tells now, when the next is due, and what became of somebody's mail."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from lti_app.course.courses.rules import Actor
from lti_app.course.people.models import Person
from lti_app.discussion.discussions.queries.discussion import get_discussion
from lti_app.notices.feed.models import Notice
from lti_app.notices.feed.queries.notices import select_notices
from lti_app.notices.feed.rules.kinds import ABOUT_OTHERS, NoticeKind
from lti_app.notices.feed.rules.lines import NoticeLine
from lti_app.notices.feed.rules.owing import still_owes
from lti_app.notices.outbox.models import OutgoingMail, RefusedAddress
from lti_app.notices.outbox.ports import MailDraft
from lti_app.notices.outbox.rules.addressing import (
    MailHeads,
    address_key,
    message_id,
    thread_reference,
    usable_address,
)
from lti_app.notices.outbox.rules.retries import MailState
from lti_app.notices.preferences.queries import collect_recipients, get_member
from lti_app.notices.preferences.rules import Frequency, after_quiet_hours
from lti_app.participation.progress.queries import get_participation


@dataclass(frozen=True)
class PreparedMail:
    """What is to be done with a mail now: send the draft, wait, or neither."""

    draft: MailDraft | None = None
    wait_until: datetime | None = None


@dataclass(frozen=True)
class AddressReport:
    """What becomes of mail to a person's address."""

    is_usable: bool
    is_refused: bool
    refused_at: datetime | None = None
    has_bounced: bool = False
    """Whether mail came back later; otherwise the server rejected the address at once."""
    status: str = ""
    """What a server said about it: 550, or 5.1.1."""


def prepare_mail(
    session: Session,
    *,
    course_id: int,
    person_id: int,
    token: str,
    is_bundle: bool,
    notice_ids: Sequence[int],
    host: str,
    now: datetime,
) -> PreparedMail:
    """Look again at what a mail would tell: only what its reader may see now, and only if they still want mail here.

    The draft is None if there is nothing to tell, or nobody.
    """
    recipient = collect_recipients(session, course_id, [person_id]).get(person_id)
    actor = get_member(session, course_id=course_id, person_id=person_id, now=now)
    address = usable_address(recipient.email) if recipient else ""
    if recipient is None or actor is None or recipient.chosen.frequency is Frequency.OFF or not address:
        return PreparedMail()
    if _report(session, person_id, recipient.email).is_refused:
        return PreparedMail()
    awake = after_quiet_hours(now, recipient.zone, recipient.chosen)
    if awake > now:
        return PreparedMail(wait_until=awake)
    lines = [
        line
        for line in select_notices(session, actor, notice_ids, now=now)
        if line.kind is not NoticeKind.DUE_SOON or _is_owed(session, actor, line, now)
    ]
    if not lines:
        return PreparedMail()
    return PreparedMail(
        MailDraft(
            heads=MailHeads(address, message_id(token, host), _thread(lines, person_id, host)),
            locale=actor.locale,
            time_zone=actor.time_zone,
            course_id=course_id,
            person_id=person_id,
            course_title=actor.course_title,
            lines=tuple(lines),
            is_bundle=is_bundle,
        )
    )


def get_address_report(session: Session, actor: Actor, email: str) -> AddressReport:
    """Whether mail can go to this address of the actor (one statement)."""
    return _report(session, actor.person_id, email)


def is_mail_stopped(session: Session, actor: Actor) -> bool:
    """Whether the actor's address is one that takes no mail (one statement)."""
    row = session.execute(
        select(Person.email, RefusedAddress.address_key)
        .join(RefusedAddress, RefusedAddress.person_id == Person.id)
        .where(Person.id == actor.person_id)
    ).one_or_none()
    address = usable_address(row.email or "") if row else ""
    return row is not None and bool(address) and row.address_key == address_key(address)


def _report(session: Session, person_id: int, email: str) -> AddressReport:
    address = usable_address(email)
    row = session.get(RefusedAddress, person_id)
    if row is None or not address or row.address_key != address_key(address):
        return AddressReport(bool(address), is_refused=False)
    return AddressReport(
        is_usable=True,
        is_refused=True,
        refused_at=row.refused_at,
        has_bounced=row.has_bounced,
        status=row.detail,
    )


def next_mail_due(session: Session) -> datetime | None:
    """When the next mail is due, or the next notice to be put into one; None for none (two statements)."""
    held = OutgoingMail.lease_until > OutgoingMail.due_at
    free_at = case((held, OutgoingMail.lease_until), else_=OutgoingMail.due_at)
    mail = session.scalar(select(func.min(free_at)).where(OutgoingMail.state == MailState.PENDING))
    notice = session.scalar(select(func.min(Notice.mail_at)).where(Notice.mail_at.is_not(None)))
    return min((moment for moment in (mail, notice) if moment), default=None)


def _is_owed(session: Session, actor: Actor, line: NoticeLine, now: datetime) -> bool:
    """Whether a reminder is still of use: before the date, and while something is missing."""
    if line.due is None or line.due <= now or line.discussion_id is None:
        return False
    discussion = get_discussion(session, actor, line.discussion_id, now=now)
    is_first_post = line.due == discussion.calendar.first_post_due
    if not is_first_post and line.due != discussion.calendar.replies_due:
        return False
    verdicts = get_participation(session, actor, discussion, now=now).verdicts
    return still_owes(verdicts, line.due, is_first_post=is_first_post)


def _thread(lines: Sequence[NoticeLine], person_id: int, host: str) -> str:
    """What a mail about one post refers to, so that mail clients show those of one thread together."""
    if len(lines) != 1 or lines[0].kind not in ABOUT_OTHERS:
        return ""
    line = lines[0]
    return thread_reference(line.discussion_id or 0, line.thread_id or 0, person_id, host)
