"""notices, the mails that repeat them, and the secret addresses of calendars"""

import sqlalchemy as sa
from alembic import op

import lti_app.core.db

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = lti_app.core.db.UtcDateTime(timezone=True)
SOURCES = {
    "post": "post",
    "mention": "mention",
    "release": "release",
    "moderation": "moderation_act",
    "report": "report",
}


def upgrade() -> None:
    _choices()
    _notices()
    _mails()
    # What happened before this version is told to nobody.
    marks = sa.table("gathering_mark", sa.column("source"), sa.column("last_id"))
    for source, table in SOURCES.items():
        newest = sa.func.max(sa.table(table, sa.column("id")).c.id)
        found = sa.select(sa.literal(source), newest).having(newest.is_not(None))
        op.execute(sa.insert(marks).from_select(["source", "last_id"], found))


def _choices() -> None:
    op.create_table(
        "notice_preference",
        sa.Column("id", ID, nullable=False),
        sa.Column("course_id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("frequency", sa.String(length=32), nullable=False),
        sa.Column("quiet_from", sa.Integer(), nullable=True),
        sa.Column("quiet_to", sa.Integer(), nullable=True),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name=op.f("fk_notice_preference_course_id_course")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_notice_preference_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice_preference")),
        sa.UniqueConstraint("person_id", "course_id", name=op.f("uq_notice_preference_person_id_course_id")),
    )
    op.create_index(op.f("ix_notice_preference_course_id"), "notice_preference", ["course_id"])
    op.create_table(
        "follow",
        sa.Column("id", ID, nullable=False),
        sa.Column("course_id", ID, nullable=False),
        sa.Column("discussion_id", ID, nullable=False),
        sa.Column("root_id", ID, nullable=True),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name=op.f("fk_follow_course_id_course")),
        sa.ForeignKeyConstraint(["discussion_id"], ["discussion.id"], name=op.f("fk_follow_discussion_id_discussion")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_follow_person_id_person")),
        sa.ForeignKeyConstraint(["root_id"], ["post.id"], name=op.f("fk_follow_root_id_post")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_follow")),
        sa.UniqueConstraint("person_id", "root_id", name=op.f("uq_follow_person_id_root_id")),
    )
    op.create_index(op.f("ix_follow_course_id"), "follow", ["course_id"])
    op.create_index(op.f("ix_follow_discussion_id"), "follow", ["discussion_id"])
    op.create_index(op.f("ix_follow_root_id"), "follow", ["root_id"])
    op.create_index(
        "uq_follow_person_id_discussion_id",
        "follow",
        ["person_id", "discussion_id"],
        unique=True,
        postgresql_where=sa.text("root_id IS NULL"),
        sqlite_where=sa.text("root_id IS NULL"),
    )
    op.create_table(
        "calendar_address",
        sa.Column("id", ID, nullable=False),
        sa.Column("course_id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("serial", sa.String(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("events", sa.JSON(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("fetched_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name=op.f("fk_calendar_address_course_id_course")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_calendar_address_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_address")),
        sa.UniqueConstraint("person_id", "course_id", name=op.f("uq_calendar_address_person_id_course_id")),
    )
    op.create_index(op.f("ix_calendar_address_course_id"), "calendar_address", ["course_id"])


def _notices() -> None:
    op.create_table(
        "instructor_message",
        sa.Column("id", ID, nullable=False),
        sa.Column("course_id", ID, nullable=False),
        sa.Column("sender_id", ID, nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("sent_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name=op.f("fk_instructor_message_course_id_course")),
        sa.ForeignKeyConstraint(["sender_id"], ["person.id"], name=op.f("fk_instructor_message_sender_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_instructor_message")),
    )
    op.create_index(op.f("ix_instructor_message_course_id"), "instructor_message", ["course_id"])
    op.create_index(op.f("ix_instructor_message_sender_id"), "instructor_message", ["sender_id"])
    op.create_table(
        "notice",
        sa.Column("id", ID, nullable=False),
        sa.Column("course_id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("cause", sa.String(), nullable=False),
        sa.Column("discussion_id", ID, nullable=True),
        sa.Column("post_id", ID, nullable=True),
        sa.Column("message_id", ID, nullable=True),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("read_at", MOMENT, nullable=True),
        sa.Column("mail_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name=op.f("fk_notice_course_id_course")),
        sa.ForeignKeyConstraint(["discussion_id"], ["discussion.id"], name=op.f("fk_notice_discussion_id_discussion")),
        sa.ForeignKeyConstraint(
            ["message_id"], ["instructor_message.id"], name=op.f("fk_notice_message_id_instructor_message")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_notice_person_id_person")),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_notice_post_id_post")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
        sa.UniqueConstraint("person_id", "cause", name=op.f("uq_notice_person_id_cause")),
    )
    op.create_index(op.f("ix_notice_course_id_person_id_id"), "notice", ["course_id", "person_id", "id"])
    op.create_index(
        op.f("ix_notice_discussion_id"),
        "notice",
        ["discussion_id"],
        postgresql_where=sa.text("discussion_id IS NOT NULL"),
        sqlite_where=sa.text("discussion_id IS NOT NULL"),
    )
    op.create_index(
        op.f("ix_notice_mail_at"),
        "notice",
        ["mail_at"],
        postgresql_where=sa.text("mail_at IS NOT NULL"),
        sqlite_where=sa.text("mail_at IS NOT NULL"),
    )
    op.create_index(
        op.f("ix_notice_message_id"),
        "notice",
        ["message_id"],
        postgresql_where=sa.text("message_id IS NOT NULL"),
        sqlite_where=sa.text("message_id IS NOT NULL"),
    )
    op.create_index(
        op.f("ix_notice_post_id"),
        "notice",
        ["post_id"],
        postgresql_where=sa.text("post_id IS NOT NULL"),
        sqlite_where=sa.text("post_id IS NOT NULL"),
    )
    op.create_table(
        "gathering_mark",
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("last_id", ID, nullable=False),
        sa.PrimaryKeyConstraint("source", name=op.f("pk_gathering_mark")),
    )


def _mails() -> None:
    op.create_table(
        "outgoing_mail",
        sa.Column("id", ID, nullable=False),
        sa.Column("course_id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("is_bundle", sa.Boolean(), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lease_token", sa.String(), nullable=True),
        sa.Column("lease_until", MOMENT, nullable=True),
        sa.Column("error_code", sa.String(), nullable=True),
        sa.Column("error_detail", sa.String(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name=op.f("fk_outgoing_mail_course_id_course")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_outgoing_mail_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outgoing_mail")),
        sa.UniqueConstraint("token", name=op.f("uq_outgoing_mail_token")),
    )
    op.create_index(op.f("ix_outgoing_mail_course_id"), "outgoing_mail", ["course_id"])
    op.create_index(
        op.f("ix_outgoing_mail_person_id_course_id_created_at"),
        "outgoing_mail",
        ["person_id", "course_id", "created_at"],
    )
    op.create_index(op.f("ix_outgoing_mail_state_due_at"), "outgoing_mail", ["state", "due_at"])
    op.create_index(
        "uq_outgoing_mail_person_id_course_id",
        "outgoing_mail",
        ["person_id", "course_id"],
        unique=True,
        postgresql_where=sa.text("is_open"),
        sqlite_where=sa.text("is_open"),
    )
    op.create_table(
        "mailed_notice",
        sa.Column("notice_id", ID, autoincrement=False, nullable=False),
        sa.Column("mail_id", ID, nullable=False),
        sa.ForeignKeyConstraint(["mail_id"], ["outgoing_mail.id"], name=op.f("fk_mailed_notice_mail_id_outgoing_mail")),
        sa.ForeignKeyConstraint(["notice_id"], ["notice.id"], name=op.f("fk_mailed_notice_notice_id_notice")),
        sa.PrimaryKeyConstraint("notice_id", name=op.f("pk_mailed_notice")),
    )
    op.create_index(op.f("ix_mailed_notice_mail_id"), "mailed_notice", ["mail_id"])
    op.create_table(
        "refused_address",
        sa.Column("person_id", ID, autoincrement=False, nullable=False),
        sa.Column("address_key", sa.String(), nullable=False),
        sa.Column("detail", sa.String(), nullable=False),
        sa.Column("refused_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_refused_address_person_id_person")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_refused_address")),
    )


def downgrade() -> None:
    for table in ("mailed_notice", "refused_address", "outgoing_mail", "gathering_mark", "notice"):
        op.drop_table(table)
    for table in ("instructor_message", "calendar_address", "follow", "notice_preference"):
        op.drop_table(table)
