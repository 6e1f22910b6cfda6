"""Who the human beings are, as their platforms name them."""

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lti_app.core.db import Base, Id


class Person(Base):
    """A human being as one registration of an LMS names them; nothing but its `sub` identifies.

    Registrations of one issuer are told apart, although `sub` is unique per issuer (LTI 1.3 core, 5.3.6): all schools
    of a cloud share an issuer, and none may rename the people of another.
    """

    __tablename__ = "person"
    __table_args__ = (UniqueConstraint("issuer", "client_id", "sub"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    issuer: Mapped[str]
    client_id: Mapped[str] = mapped_column(server_default="")
    "Empty only while it is not known which registration has named the person."
    sub: Mapped[str]
    name: Mapped[str]
    "What the page calls this person; empty when the platform keeps names private."
    sort_name: Mapped[str]
    "Family name first, casefolded: the order of class lists."
    email: Mapped[str | None]
    locale: Mapped[str | None]
    time_zone: Mapped[str | None]
    "IANA name told by the person's browser; None until one has told it."
    created_at: Mapped[datetime]
