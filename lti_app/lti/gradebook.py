"""The LMS's gradebook by Assignment and Grade Services 2.0 (AGS): the edge behind passbacks.ports.Gradebook."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session

from lti_app.core.db import Database
from lti_app.core.http import Answer, is_allowed
from lti_app.course.people.models import Person
from lti_app.discussion.discussions.models import Discussion
from lti_app.grading.passbacks.ports import PassbackDelayed, PassbackRefused, Score
from lti_app.lti.ags import (
    LINE_ITEM,
    LINE_ITEMS,
    OUR_SCOPES,
    READ_SCOPE,
    SCORE,
    SCORE_SCOPE,
    WRITE_SCOPE,
    is_canvas,
    line_item_body,
    own_line_item,
    resource_id,
    score_body,
    scores_url,
    with_query,
)
from lti_app.lti.models import Deployment, Placement, Platform
from lti_app.lti.services import LtiServices, Registration, ServiceDelayed, ServiceDenied, decoded

MAX_WORDS = 200
SEARCH_LOCK = timedelta(minutes=2)


@dataclass(frozen=True)
class _Column:
    """Where the scores of one discussion go, and whose score it is; read before any request, free of the session."""

    registration: Registration
    placement_id: int
    resource_link_id: str
    discussion_id: int
    label: str
    possible: Decimal
    lineitems_url: str | None
    lineitem_url: str | None
    scopes: frozenset[str]
    is_canvas: bool
    sub: str

    @property
    def hosts(self) -> frozenset[str]:
        return self.registration.hosts_with(self.lineitems_url, self.lineitem_url)


class LtiGradebook:
    """Implements passbacks.ports.Gradebook for every registered platform. Safe in threads and among processes."""

    def __init__(self, *, database: Database, services: LtiServices) -> None:
        self._database = database
        self._services = services

    def send(self, score: Score) -> None:
        """Make the LMS know this score; see the port. Holds no database session while it waits for the LMS."""
        try:
            self._send(score)
        except ServiceDelayed as delay:
            raise PassbackDelayed(delay.code, delay.detail, delay.retry_after) from delay
        except ServiceDenied as denial:
            raise PassbackRefused(denial.code, denial.detail) from denial

    def _send(self, score: Score) -> None:
        with self._database.read() as session:
            column = _column(session, score)
        url = column.lineitem_url or self._find_or_create(column)
        answer = self._post_score(column, url, score)
        if answer.status == 404 and column.lineitems_url:
            # Somebody deleted the column in the LMS, or the activity was made anew: look once more.
            found = self._find_or_create(column, gone=url)
            answer = self._post_score(column, found, score) if found != url else answer
        if not answer.ok:
            raise _refusal(answer, column.sub)
        if answer.body.lstrip().startswith(b"<"):
            # A page under 200, as of maintenance or of a sign-in, comes from something before the gradebook.
            raise ServiceDelayed("bad_answer", "a page where the gradebook should answer")

    def _post_score(self, column: _Column, lineitem_url: str, score: Score) -> Answer:
        return self._services.call(
            column.registration,
            "POST",
            scores_url(lineitem_url),
            scopes=column.scopes,
            hosts=column.hosts,
            headers={"Content-Type": SCORE},
            body=score_body(score, sub=column.sub, is_canvas=column.is_canvas),
        )

    def _find_or_create(self, column: _Column, *, gone: str | None = None) -> str:
        """The address of the discussion's line item, remembered for later; `gone` is one that is no longer there."""
        with self._searching(column):
            with self._database.read() as session:
                known = session.scalar(select(Placement.lineitem_url).where(Placement.id == column.placement_id))
            if known and known != gone:  # another worker was faster
                return known
            url = self._find(column) or self._create(column)
            with self._database.writing() as session:
                remember = update(Placement).where(Placement.id == column.placement_id)
                session.execute(remember.values(lineitem_url=url))
            return url

    @contextmanager
    def _searching(self, column: _Column) -> Iterator[None]:
        """Let one worker at a time find or create a column: two at the same time would both find none and both create
        one.
        """
        key = f"lineitem:{column.placement_id}"
        if not self._services.store.add(key, "1", SEARCH_LOCK):
            raise ServiceDelayed("busy", "another worker is preparing the column", 2)
        try:
            yield
        finally:
            self._services.store.take(key)

    def _find(self, column: _Column) -> str | None:
        """Our line item among those of the link, else one that bears our id without belonging to a link (3.2.15)."""
        if not column.scopes & {READ_SCOPE, WRITE_SCOPE} or not column.lineitems_url:
            raise ServiceDenied("no_gradebook", "the platform lets us list no line items")
        for filters in (
            {"resource_link_id": column.resource_link_id},
            {"resource_id": resource_id(column.discussion_id)},
        ):
            pages = self._services.pages(
                column.registration,
                with_query(column.lineitems_url, filters),  # never `limit`: Moodle pages only when asked to
                scopes=column.scopes,
                hosts=column.hosts,
                accept=LINE_ITEMS,
            )
            items = [item for page in pages for item in _items(page)]
            if url := own_line_item(items, column.resource_link_id, column.discussion_id):
                return url
        return None

    def _create(self, column: _Column) -> str:
        if WRITE_SCOPE not in column.scopes or not column.lineitems_url:
            raise ServiceDenied("no_gradebook", "there is no line item, and the platform lets us create none")
        answer = self._services.call(
            column.registration,
            "POST",
            column.lineitems_url,
            scopes=column.scopes,
            hosts=column.hosts,
            headers={"Content-Type": LINE_ITEM, "Accept": LINE_ITEM},
            body={
                **line_item_body(column.discussion_id, label=column.label, possible=column.possible),
                "resourceLinkId": column.resource_link_id,
            },
        )
        if not answer.ok:
            raise ServiceDenied("not_found" if answer.status == 404 else "rejected", _words(answer, column.sub))
        body = decoded(answer)
        url = body.get("id") if isinstance(body, dict) else None
        if not isinstance(url, str) or not is_allowed(url, column.hosts):
            raise ServiceDelayed("bad_answer", "the new line item has no address")
        return url


def platforms_of(session: Session, discussion_ids: Collection[int]) -> dict[int, int]:
    """The platform id of each of these discussions that is placed in an LMS: work for one platform goes in one lane."""
    rows = session.execute(
        select(Placement.discussion_id, Deployment.platform_id)
        .join(Deployment, Deployment.id == Placement.deployment_id)
        .where(Placement.discussion_id.in_(discussion_ids))
    )
    return {row[0]: row[1] for row in rows}


def discussions_on(platform_ids: Collection[int]) -> Select[int]:
    """The discussions that are placed in one of these platforms, to be part of a statement."""
    return (
        select(Placement.discussion_id)
        .join(Deployment, Deployment.id == Placement.deployment_id)
        .where(Deployment.platform_id.in_(platform_ids), Placement.discussion_id.is_not(None))
    )


def _column(session: Session, score: Score) -> _Column:
    row = session.execute(
        select(Placement, Platform, Discussion, Person.sub)
        .join(Deployment, Deployment.id == Placement.deployment_id)
        .join(Platform, Platform.id == Deployment.platform_id)
        .join(Discussion, Discussion.id == Placement.discussion_id)
        .join(Person, Person.id == score.person_id)
        .where(Placement.discussion_id == score.discussion_id)
        .order_by(Placement.lineitem_url.is_(None), Placement.lineitems_url.is_(None), Placement.id)
        .limit(1)
    ).first()
    if row is None:
        raise PassbackRefused("no_gradebook")
    placement, platform, discussion, sub = row
    if not (placement.lineitem_url or placement.lineitems_url):
        raise PassbackRefused("no_gradebook")
    offered = frozenset(placement.ags_scopes or ())
    if SCORE_SCOPE not in offered:
        raise PassbackRefused("no_scope")
    if platform.disabled_at is not None:
        raise PassbackRefused("unauthorized", "the registration is disabled")
    return _Column(
        registration=Registration.of(platform),
        placement_id=placement.id,
        resource_link_id=placement.resource_link_id,
        discussion_id=discussion.id,
        label=discussion.title,
        possible=discussion.points,
        lineitems_url=placement.lineitems_url,
        lineitem_url=placement.lineitem_url,
        scopes=offered & OUR_SCOPES,
        is_canvas=is_canvas(platform.issuer),
        sub=sub,
    )


def _items(page: Any) -> list[dict[str, Any]]:
    if not isinstance(page, list):
        raise ServiceDelayed("bad_answer", "the line items are no list")
    return [item for item in page if isinstance(item, dict)]


def _refusal(answer: Answer, sub: str) -> PassbackRefused:
    """What a 4xx to a score means."""
    text = answer.body[:4000].decode(errors="replace").lower()
    if answer.status == 409 or (answer.status == 400 and "timestamp" in text and "before" in text):
        return PassbackRefused("stale", _words(answer, sub))
    # Moodle answers 400 with an empty list and repeats the score in its reason phrase, which must not be kept.
    about_person = answer.status == 422 and ("student" in text or "user" in text)
    if about_person or answer.reason.startswith("Incorrect score received"):
        return PassbackRefused("unknown_user", _words(answer, sub))
    return PassbackRefused("not_found" if answer.status == 404 else "rejected", _words(answer, sub))


def _words(answer: Answer, sub: str) -> str:
    """The status and, where they say nothing about a person, the LMS's own words."""
    try:
        body = decoded(answer)
    except ServiceDelayed:
        body = None
    said: Any = body
    for name in ("errors", "error", "message", "reason"):
        said = said.get(name, said) if isinstance(said, dict) else said
    harmless = isinstance(said, str) and "{" not in said and "@" not in said and sub not in said.split()
    return f"HTTP {answer.status}: {said[:MAX_WORDS]}" if harmless else f"HTTP {answer.status}"
