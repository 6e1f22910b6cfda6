"""The tables of the LTI edge: registrations, our keys, and which course or discussion an LMS refers to."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_app.core.db import Base, Id
from lti_app.course.courses.models import Course
from lti_app.discussion.discussions.models import Discussion


class Platform(Base):
    """An LMS registration. One issuer may have many client ids: every Canvas cloud customer shares an issuer."""

    __tablename__ = "platform"
    __table_args__ = (UniqueConstraint("issuer", "client_id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    issuer: Mapped[str]
    client_id: Mapped[str]
    auth_login_url: Mapped[str]
    auth_token_url: Mapped[str]
    jwks_url: Mapped[str]
    auth_audience: Mapped[str | None]
    "The `aud` of our client assertions where the platform wants another than its token URL."
    disabled_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    deployments: Mapped[list["Deployment"]] = relationship(back_populates="platform", lazy="raise_on_sql")


class Deployment(Base):
    """One installation of a registration: the tenant."""

    __tablename__ = "deployment"
    __table_args__ = (UniqueConstraint("platform_id", "deployment_id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    platform_id: Mapped[int] = mapped_column(ForeignKey(Platform.id))
    deployment_id: Mapped[str]
    "The platform's own id of it (LTI 1.3 core, 5.3.3): opaque, case-sensitive, at most 255 characters."
    created_at: Mapped[datetime]
    platform: Mapped[Platform] = relationship(back_populates="deployments", lazy="raise_on_sql")


class CourseLink(Base):
    """Which course of ours an LTI context is. Context ids are unique within a deployment (core, 5.4.1)."""

    __tablename__ = "course_link"
    __table_args__ = (UniqueConstraint("deployment_id", "context_id"), Index(None, "course_id"))

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    deployment_id: Mapped[int] = mapped_column(ForeignKey(Deployment.id))
    context_id: Mapped[str]
    course_id: Mapped[int] = mapped_column(ForeignKey(Course.id))
    memberships_url: Mapped[str | None]
    "Where the roster is (NRPS), from the newest launch that named it."
    roster_fetched_at: Mapped[datetime | None]
    roster_error: Mapped[str | None]
    deployment: Mapped[Deployment] = relationship(lazy="raise_on_sql")
    course: Mapped[Course] = relationship(lazy="raise_on_sql")


class Placement(Base):
    """An LTI resource link: the spot on the course page that opens one discussion, and where its scores go (AGS)."""

    __tablename__ = "placement"
    __table_args__ = (
        UniqueConstraint("deployment_id", "resource_link_id"),
        Index(None, "discussion_id"),
        Index(None, "course_id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    deployment_id: Mapped[int] = mapped_column(ForeignKey(Deployment.id))
    resource_link_id: Mapped[str]
    course_id: Mapped[int] = mapped_column(ForeignKey(Course.id))
    discussion_id: Mapped[int] = mapped_column(ForeignKey(Discussion.id))
    lineitems_url: Mapped[str | None]
    lineitem_url: Mapped[str | None]
    "The one line item of this link: named by a launch, or found or created by us."
    lineitem_label: Mapped[str | None]
    "The name of the discussion when a score last went there: a column of ours that has it is renamed with it."
    ags_scopes: Mapped[list[str] | None] = mapped_column(JSON)
    named: Mapped[str | None]
    "What the link named as the discussion to open when that was last decided; None before this was recorded."
    title: Mapped[str | None]
    "The title of the link at its newest launch."
    deployment: Mapped[Deployment] = relationship(lazy="raise_on_sql")


class PartColumn(Base):
    """The line item of a part of the grade, where a discussion has separate columns; made through one of its links."""

    __tablename__ = "part_column"
    __table_args__ = (UniqueConstraint("placement_id", "part"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    placement_id: Mapped[int] = mapped_column(ForeignKey(Placement.id))
    part: Mapped[str]
    "The key of the part (passbacks.rules.parts)."
    lineitem_url: Mapped[str]
    lineitem_label: Mapped[str | None]
    "What its column was called when a score last went there."


class ToolKey(Base):
    """A key pair of ours. The newest signs; the earlier ones stay published until they are retired."""

    __tablename__ = "tool_key"

    kid: Mapped[str] = mapped_column(primary_key=True)
    private_pem: Mapped[str]
    created_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]
