"""Taking reports that mail came back: an address that no longer takes mail gets none."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from lti_app.course.people.models import Person
from lti_app.notices.bounces.rules.reports import ReturnedMessage
from lti_app.notices.bounces.rules.return_paths import ReturnPath, ReturnPaths
from lti_app.notices.bounces.rules.verdicts import BounceWeight, has_lapsed, weigh
from lti_app.notices.outbox.actions.sending import stop_address
from lti_app.notices.outbox.models import OutgoingMail
from lti_app.notices.outbox.rules.addressing import address_key, usable_address
from lti_app.notices.outbox.rules.retries import MailState


@dataclass(frozen=True)
class TakenBounce:
    """What followed from a report."""

    mail_id: int
    person_id: int
    status: str
    stops: bool
    """Whether the address gets no more mail."""


def take_returned(
    session: Session, paths: ReturnPaths, message: ReturnedMessage, *, now: datetime
) -> TakenBounce | None:
    """Record that a mail of ours came back, and give up its address after the right number of them.

    None, and nothing is written, for all else: for what is no report of a final failure, for return paths that we have
    not made, for mail to an address that is no longer the person's, and for a report that has been taken before.
    """
    weight, status = weigh(message.fates)
    if weight is BounceWeight.NONE:
        return None
    found = _find(session, paths, paths.find(message.sent_to))
    if found is None:
        return None
    mail_id, person_id, address = found
    taken = (
        update(OutgoingMail)
        .where(OutgoingMail.id == mail_id, OutgoingMail.takes_bounce)
        .values(takes_bounce=False, bounced_at=now, bounce_status=status, bounced_key=address_key(address))
    )
    if session.execute(taken.returning(OutgoingMail.id)).one_or_none() is None:
        return None
    stops = weight is BounceWeight.GONE or _has_lapsed(session, person_id, address)
    if stops:
        stop_address(session, person_id, address, detail=status, has_bounced=True, now=now)
    return TakenBounce(mail_id, person_id, status, stops)


def _find(session: Session, paths: ReturnPaths, claimed: Sequence[ReturnPath]) -> tuple[int, int, str] | None:
    """The mail, its person and their address, of the first return path that is genuine.

    Of two reports about one person the second waits for the first, so that both are counted.
    """
    if not claimed:
        return None
    rows = session.execute(
        select(OutgoingMail.id, OutgoingMail.token, Person.id, Person.email)
        .join(Person, Person.id == OutgoingMail.person_id)
        .where(OutgoingMail.id.in_([path.mail_id for path in claimed]))
        .with_for_update(of=Person, key_share=True)
    )
    known = {mail_id: (token, person_id, usable_address(email or "")) for mail_id, token, person_id, email in rows}
    for path in claimed:
        token, person_id, address = known.get(path.mail_id, ("", 0, ""))
        if address and paths.is_genuine(path, token, address):
            return path.mail_id, person_id, address
    return None


def _has_lapsed(session: Session, person_id: int, address: str) -> bool:
    """Whether enough mails in a row have come back from an address: one that was sent in between and did not ends the
    row.
    """
    ended = func.coalesce(OutgoingMail.ended_at, OutgoingMail.bounced_at)
    own = OutgoingMail.person_id == person_id
    from_here = (own, OutgoingMail.bounced_key == address_key(address))
    newest = select(func.max(ended)).where(*from_here).scalar_subquery()
    arrived = select(func.max(OutgoingMail.ended_at)).where(
        own, OutgoingMail.state == MailState.SENT, OutgoingMail.bounced_at.is_(None), OutgoingMail.ended_at < newest
    )
    last_arrived = session.scalar(arrived)
    in_a_row = from_here if last_arrived is None else (*from_here, ended > last_arrived)
    count, first_at, last_at = session.execute(
        select(func.count(), func.min(OutgoingMail.bounced_at), func.max(OutgoingMail.bounced_at)).where(*in_a_row)
    ).one()
    return has_lapsed(count, first_at, last_at)
