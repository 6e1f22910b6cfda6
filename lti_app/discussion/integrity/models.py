"""What similar posts are found by, and what was found."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lti_app.core.db import Base, Id, stored_enum
from lti_app.course.courses.models import Course
from lti_app.discussion.moderation.rules import HeldReason
from lti_app.discussion.posts.models import Post


class SignatureBand(Base):
    """One band of a post's MinHash signature: posts that say much the same share some."""

    __tablename__ = "signature_band"
    __table_args__ = (UniqueConstraint("post_id", "band"), Index(None, "course_id", "band"))

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey(Course.id))
    post_id: Mapped[int] = mapped_column(ForeignKey(Post.id))
    band: Mapped[int] = mapped_column(BigInteger)
    "The values of the band and its place, hashed into one number."


class Finding(Base):
    """Why a rule held a post. It stays when the post is released, so that no rule holds it for the same again."""

    __tablename__ = "finding"
    __table_args__ = (UniqueConstraint("post_id", "reason"), Index(None, "like_id"))

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey(Post.id))
    reason: Mapped[HeldReason] = mapped_column(stored_enum(HeldReason))
    like_id: Mapped[int | None] = mapped_column(ForeignKey(Post.id))
    "The post that it is similar to."
    share: Mapped[int | None]
    "How much of it stands in the other, in per cent."
    at: Mapped[datetime]
