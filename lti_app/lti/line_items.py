"""The line items of a discussion in the LMS (AGS 3.2): found by what they bear, created where there is none."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import timedelta
from functools import partial
from typing import Any

from sqlalchemy import Select, Update, select, update
from sqlalchemy.orm import Session

from lti_app.core.db import Database, insert_into
from lti_app.core.http import Answer, is_allowed
from lti_app.grading.passbacks.actions.queueing import send_column_again
from lti_app.grading.passbacks.rules.parts import GradePart
from lti_app.grading.passbacks.rules.states import ScoreKind
from lti_app.lti.ags import (
    LINE_ITEM,
    LINE_ITEMS,
    READ_SCOPE,
    WRITE_SCOPE,
    line_item_body,
    own_line_item,
    part_line_item,
    part_line_item_body,
    resource_id,
    with_query,
)
from lti_app.lti.columns import Column
from lti_app.lti.lms_words import words_of
from lti_app.lti.models import PartColumn, Placement
from lti_app.lti.services import GONE, LtiServices, ServiceDelayed, ServiceDenied, decoded

SEARCH_LOCK = timedelta(minutes=2)


class LineItems:
    """Finds and creates line items, one worker at a time for each link. Safe in threads and among processes."""

    def __init__(self, *, database: Database, services: LtiServices) -> None:
        self._database = database
        self._services = services

    def find_or_create(
        self, column: Column, person_id: int, *, gone: str | None = None, part: GradePart | None = None
    ) -> str:
        """The address of the line item of the discussion or, with `part`, of this part of its grades or of its points,
        remembered for later; `gone` is one that is no longer there.

        A column that was not known before gets the scores of everybody, not only that of this person, which comes next.
        """
        with self._searching(column):
            with self._database.read() as session:
                known = session.scalar(_known_url(column))
            if known and known != gone:  # another worker was faster
                return known
            if part is None:
                url = self._find(column) or self._create(column)
            else:
                url = self._find_part(column, part) or self._create_part(column, part)
            with self._database.writing() as session:
                _remember_url(session, column, url)
                if url != gone:
                    now = self._services.clock()
                    send_column_again(
                        session,
                        column.discussion_id,
                        kinds=[column.kind],
                        apart_from=person_id,
                        in_flight=gone is not None,
                        now=now,
                    )
            return url

    @contextmanager
    def _searching(self, column: Column) -> Iterator[None]:
        """Let one worker at a time find or create a column: two at the same time would both find none and both create
        one. The column of points does not wait for those of the grade.
        """
        key = f"lineitem:{column.key if column.kind is ScoreKind.POINTS else column.placement_id}"
        if not self._services.store.add(key, "1", SEARCH_LOCK):
            raise ServiceDelayed("busy", "another worker is preparing the column", 2)
        try:
            yield
        finally:
            self._services.store.take(key)

    def _find(self, column: Column) -> str | None:
        """Our line item among those of the link, else one that bears our id without belonging to a link (3.2.15)."""
        for wanted in (
            {"resource_link_id": column.resource_link_id},
            {"resource_id": resource_id(column.discussion_id)},
        ):
            items = self._list(column, wanted)
            if url := own_line_item(items, column.resource_link_id, column.discussion_id):
                return url
        return None

    def _list(self, column: Column, wanted: dict[str, str]) -> list[dict[str, Any]]:
        if not column.scopes & {READ_SCOPE, WRITE_SCOPE} or not column.lineitems_url:
            raise _denied(column, "the platform lets us list no line items")
        pages = self._services.pages(
            column.registration,
            with_query(column.lineitems_url, wanted),  # never `limit`: Moodle pages only when asked to
            scopes=column.scopes,
            hosts=column.hosts,
            accept=LINE_ITEMS,
        )
        return [item for page in pages for item in items_of(page)]

    def _create(self, column: Column) -> str:
        self._require_creating(column)
        body = self._body(column, None)
        try:
            answer = self._post_line_item(column, {**body, "resourceLinkId": column.resource_link_id})
        except ServiceDenied as denial:
            if denial.code != "forbidden":
                raise
            answer = None
        if answer is None or answer.status in GONE:
            # Canvas makes no column for a link in a module, and Moodle none for a link of another tool.
            answer = self._post_line_item(column, body)
        return self._created(column, answer)

    def _require_creating(self, column: Column) -> None:
        if WRITE_SCOPE not in column.scopes or not column.lineitems_url:
            raise _denied(column, "there is no line item, and the platform lets us create none")

    def _created(self, column: Column, answer: Answer) -> str:
        """The address of the line item that was made."""
        if not answer.ok:
            raise ServiceDenied("not_found" if answer.status in GONE else "rejected", words_of(answer))
        made = decoded(answer)
        url = made.get("id") if isinstance(made, dict) else None
        if not isinstance(url, str) or not is_allowed(url, column.hosts):
            raise ServiceDelayed("bad_answer", "the new line item has no address")
        return url

    def _post_line_item(self, column: Column, body: Mapping[str, object]) -> Answer:
        return self._services.call(
            column.registration,
            "POST",
            column.lineitems_url or "",
            scopes=column.scopes,
            hosts=column.hosts,
            headers={"Content-Type": LINE_ITEM, "Accept": LINE_ITEM},
            body=body,
        )

    def find_beside(self, column: Column, person_id: int, fed: Collection[str]) -> str | None:
        """The column of another link that opens the discussion too, if it has one of its own; it is never created.

        One that is found now gets the scores of everybody. Where there is none, nobody looks again before a launch.
        """
        if column.lineitem_url:
            return column.lineitem_url if column.lineitem_url not in fed else None
        with self._searching(column):
            try:
                url = self._find(column)
            except ServiceDenied:
                url = None
            if url is None or url in fed:
                self.remember(column, lineitems_url=None)
                return None
            self.remember(column, lineitem_url=url)
            with self._database.writing() as session:
                now = self._services.clock()
                send_column_again(session, column.discussion_id, kinds=[column.kind], apart_from=person_id, now=now)
            return url

    def remember(self, column: Column, **addresses: str | None) -> None:
        """Store where the line item and the list of line items of a link are."""
        with self._database.writing() as session:
            session.execute(update(Placement).where(Placement.id == column.placement_id).values(**addresses))

    def keep_name(self, column: Column, url: str, part: GradePart | None = None) -> None:
        """Have the column be called what the discussion, or the part, is called now.

        Only a column that we made is renamed, and only if it still has the name that it was given: one that somebody
        renamed in the LMS, or that the LMS made with the link, keeps its own. It is tried once; a score does not wait
        for it. The maximum stays what it is: the scores that are there would be worth something else.
        """
        body = self._body(column, part)
        label = str(body["label"])
        if column.known_label == label:
            return
        if column.known_label is not None and WRITE_SCOPE in column.scopes:
            with suppress(ServiceDelayed, ServiceDenied):
                self._rename(column, url, label, tag=body["tag"])
        with self._database.writing() as session:
            session.execute(_of_column(column).values(lineitem_label=label))

    def _rename(self, column: Column, url: str, label: str, *, tag: object) -> None:
        hosts = column.hosts | column.registration.hosts_with(url)
        ask = partial(self._services.call, column.registration, scopes=column.scopes, hosts=hosts)
        answer = ask("GET", url, headers={"Accept": LINE_ITEM})
        item = decoded(answer) if answer.ok else None
        if isinstance(item, dict) and item.get("tag") == tag and item.get("label") == column.known_label:
            headers = {"Content-Type": LINE_ITEM, "Accept": LINE_ITEM}
            ask("PUT", url, headers=headers, body={**item, "label": label})

    @staticmethod
    def _body(column: Column, part: GradePart | None) -> dict[str, Any]:
        if part is None:
            return line_item_body(column.discussion_id, label=column.label, possible=column.possible)
        return part_line_item_body(column.discussion_id, part, label=column.label)

    def _find_part(self, column: Column, part: GradePart) -> str | None:
        wanted = {"resource_id": resource_id(column.discussion_id, part.key)}
        return part_line_item(self._list(column, wanted), column.discussion_id, part.key)

    def _create_part(self, column: Column, part: GradePart) -> str:
        """Create the column of a part without the link: an LMS keeps one column for each link, that of the whole."""
        self._require_creating(column)
        answer = self._post_line_item(column, self._body(column, part))
        return self._created(column, answer)


def _denied(column: Column, detail: str) -> ServiceDenied:
    """What it means that line items cannot be listed or created: a column of a part is never there beforehand."""
    return ServiceDenied("no_columns" if column.part and column.lineitems_url else "no_gradebook", detail)


def _known_url(column: Column) -> Select[str | None]:
    """The address of the column's line item, where it is known by now."""
    if not column.part:
        return select(Placement.lineitem_url).where(Placement.id == column.placement_id)
    return select(PartColumn.lineitem_url).where(
        PartColumn.placement_id == column.placement_id, PartColumn.part == column.part
    )


def _of_column(column: Column) -> Update:
    """An update of what is stored of the column."""
    if not column.part:
        return update(Placement).where(Placement.id == column.placement_id)
    is_it = (PartColumn.placement_id == column.placement_id) & (PartColumn.part == column.part)
    return update(PartColumn).where(is_it)


def _remember_url(session: Session, column: Column, url: str) -> None:
    """Store the address of the column's line item."""
    if not column.part:
        session.execute(update(Placement).where(Placement.id == column.placement_id).values(lineitem_url=url))
        return
    new = {"placement_id": column.placement_id, "part": column.part, "lineitem_url": url}
    session.execute(
        insert_into(session, PartColumn)
        .values(new)
        .on_conflict_do_update(index_elements=["placement_id", "part"], set_={"lineitem_url": url})
    )


def items_of(page: Any) -> list[dict[str, Any]]:
    """The entries of a page of line items or results. Raises ServiceDelayed for anything else."""
    if not isinstance(page, list):
        raise ServiceDelayed("bad_answer", "the line items are no list")
    return [item for item in page if isinstance(item, dict)]
