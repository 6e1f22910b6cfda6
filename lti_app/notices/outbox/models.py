"""Mails, what they tell, and addresses that no longer take any."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint, false, text, true
from sqlalchemy.orm import Mapped, mapped_column

from lti_app.core.db import Base, Id, stored_enum
from lti_app.course.courses.models import Course
from lti_app.course.people.models import Person
from lti_app.notices.feed.models import Notice
from lti_app.notices.outbox.rules.retries import MailState

_IS_OPEN = text("is_open")


class OutgoingMail(Base):
    """A mail to one person about one course. It holds no words: those are written from its notices when it is sent.

    A worker claims it with a lease, sends it outside of any transaction, and records the result only if it still holds
    the lease. A crash after the server has accepted it sends it again under the same Message-ID.
    """

    __tablename__ = "outgoing_mail"
    __table_args__ = (
        Index(None, "state", "due_at"),
        Index(None, "person_id", "course_id", "created_at"),
        Index(None, "course_id"),
        Index(
            "uq_outgoing_mail_person_id_course_id",
            *("person_id", "course_id"),
            unique=True,
            postgresql_where=_IS_OPEN,
            sqlite_where=_IS_OPEN,
        ),
        UniqueConstraint("token"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey(Course.id))
    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id))
    token: Mapped[str]
    "The left side of its Message-ID."
    is_bundle: Mapped[bool]
    "Whether it was begun for several notices."
    is_open: Mapped[bool]
    "Whether notices may still be added: one such mail for each person and course, until a worker claims it."
    state: Mapped[MailState] = mapped_column(stored_enum(MailState))
    due_at: Mapped[datetime]
    attempts: Mapped[int]
    lease_token: Mapped[str | None]
    lease_until: Mapped[datetime | None]
    error_code: Mapped[str | None]
    error_detail: Mapped[str]
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    takes_bounce: Mapped[bool] = mapped_column(server_default=true())
    "Whether a report that it came back is still taken: one is, and none of before its reader asked to try again."
    bounced_at: Mapped[datetime | None]
    bounce_status: Mapped[str] = mapped_column(server_default="")
    "What the report said, such as 5.2.2."
    bounced_key: Mapped[str | None]
    "Which address it came back from, while that counts against it."


class MailedNotice(Base):
    """A notice is in a mail: in one at most."""

    __tablename__ = "mailed_notice"
    __table_args__ = (Index(None, "mail_id"),)

    notice_id: Mapped[int] = mapped_column(ForeignKey(Notice.id), primary_key=True, autoincrement=False)
    mail_id: Mapped[int] = mapped_column(ForeignKey(OutgoingMail.id))


class RefusedAddress(Base):
    """The address of a person takes no mail: ours was refused at once or came back. Nothing more is sent there."""

    __tablename__ = "refused_address"

    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id), primary_key=True, autoincrement=False)
    address_key: Mapped[str]
    "Which address it was; another one that the LMS sends later is tried again."
    detail: Mapped[str]
    refused_at: Mapped[datetime]
    has_bounced: Mapped[bool] = mapped_column(server_default=false())
    "Whether mail came back later; otherwise the server rejected the address at once."
