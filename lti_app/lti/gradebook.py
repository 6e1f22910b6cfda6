"""The LMS's gradebook by Assignment and Grade Services 2.0 (AGS): the edge behind passbacks.ports.Gradebook."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from sqlalchemy import select, update

from lti_app.core.db import Database
from lti_app.core.http import Answer, is_allowed
from lti_app.course.people.models import Person
from lti_app.grading.passbacks.actions.queueing import send_column_again
from lti_app.grading.passbacks.ports import ColumnReading, PassbackDelayed, PassbackRefused, Score
from lti_app.lti.ags import (
    LINE_ITEM,
    LINE_ITEMS,
    READ_SCOPE,
    RESULT_SCOPE,
    RESULTS,
    SCORE,
    WRITE_SCOPE,
    line_item_body,
    own_line_item,
    read_result,
    resource_id,
    results_url,
    score_body,
    scores_url,
    with_query,
)
from lti_app.lti.columns import Column, columns_of, subs_of
from lti_app.lti.lms_words import text_of, words_of
from lti_app.lti.models import Placement
from lti_app.lti.services import GONE, LtiServices, ServiceDelayed, ServiceDenied, decoded, is_page

SEARCH_LOCK = timedelta(minutes=2)
LONGEST_READING = timedelta(minutes=4)


class _ColumnLeft(Exception):
    """The first column is gone, and there are others: the order of the columns has changed."""


class LtiGradebook:
    """Implements passbacks.ports.Gradebook for every registered platform. Safe in threads and among processes."""

    def __init__(self, *, database: Database, services: LtiServices) -> None:
        self._database = database
        self._services = services

    def send(self, score: Score) -> bool:
        """Make the LMS know this score; see the port. Holds no database session while it waits for the LMS."""
        with _as_passback():
            return self._send(score)

    def read(self, discussion_id: int, person_ids: Collection[int], *, whole: bool) -> Sequence[ColumnReading]:
        """The grades that the LMS shows; see the port. Holds no database session while it waits for the LMS."""
        with _as_passback():
            return self._read(discussion_id, person_ids, whole=whole)

    def _read(self, discussion_id: int, person_ids: Collection[int], *, whole: bool) -> list[ColumnReading]:
        """What each column shows; a link that has none of its own counts only where no other has one."""
        with self._database.read() as session:
            columns = columns_of(session, discussion_id, person_ids)
            fed = list({each.lineitem_url: each for each in reversed(columns) if each.lineitem_url}.values())[::-1]
            chosen = [(each, subs_of(session, person_ids, each.registration)) for each in fed or columns[:1]]
        readings = [self._read_column(column, subs, whole=whole) for column, subs in chosen]
        if all(reading.error_code for reading in readings):
            raise PassbackRefused(readings[0].error_code)
        return readings

    def _read_column(self, column: Column, subs: Mapping[str, int], *, whole: bool) -> ColumnReading:
        code, shown = "", {}
        if not column.can_read_results:
            code = "unreadable"
        elif not column.lineitem_url:
            code = "not_found"
        else:
            url = results_url(column.lineitem_url)
            urls = [url] if whole else [with_query(url, {"user_id": sub}) for sub in subs]
            try:
                found = [read_result(entry) for each in urls for entry in self._results(column, each)]
            except ServiceDenied as denial:
                code = "not_found" if denial.code == "not_found" else "unreadable"
            else:
                shown = {subs[each[0]]: each[1] for each in found if each is not None and each[0] in subs}
        return ColumnReading(column.placement_id, column.title, frozenset(subs.values()), shown, code)

    def _results(self, column: Column, url: str) -> Iterator[object]:
        """The entries of all pages; never `limit`: Moodle fails when asked to page them."""
        ends = self._services.clock() + LONGEST_READING
        pages = self._services.pages(
            column.registration, url, scopes={RESULT_SCOPE}, hosts=column.hosts, accept=RESULTS
        )
        for page in pages:
            yield from _items(page)
            if self._services.clock() > ends:
                raise ServiceDelayed("timeout", "the results do not end")

    def _send(self, score: Score) -> bool:
        with self._database.read() as session:
            column, *others = columns_of(session, score.discussion_id, [score.person_id])
            known = {each.lineitem_url for each in (column, *others)}
            sub = session.scalars(select(Person.sub).where(Person.id == score.person_id)).one()
        fed = {column.lineitem_url} if column.lineitem_url else set()
        refusals: list[PassbackRefused | ServiceDenied] = []
        try:
            fed.add(self._send_first(column, score, sub, has_others=any(other.lineitem_url for other in others)))
        except _ColumnLeft:
            return self._send(score)
        except (PassbackRefused, ServiceDenied) as refusal:
            refusals.append(refusal)
        for other in others:
            try:
                if (beside := self._find_beside(other, score.person_id, fed)) is not None:
                    fed.add(beside)
                    self._send_beside(other, beside, score, sub)
            except (PassbackRefused, ServiceDenied) as refusal:
                refusals.append(refusal)
        if refusals:
            raise refusals[0]
        return not fed <= known

    def _send_first(self, column: Column, score: Score, sub: str, *, has_others: bool) -> str:
        """Send a score to the first column, which is created where there is none; its address."""
        url = column.lineitem_url or self._find_or_create(column, score.person_id)
        answer = self._post_score(column, url, score, sub)
        if answer.status in GONE and has_others:
            # An activity was deleted, and another one that opens the discussion is still there.
            self._remember(column, lineitem_url=None)
            raise _ColumnLeft
        if answer.status in GONE and column.lineitems_url:
            # Somebody deleted the column in the LMS, or the activity was made anew: look once more.
            url, gone = self._find_or_create(column, score.person_id, gone=url), url
            answer = self._post_score(column, url, score, sub) if url != gone else answer
        if not answer.ok:
            raise _refusal(answer, sub)
        if is_page(answer):
            # A page under 200, as of maintenance or of a sign-in, comes from something before the gradebook.
            raise ServiceDelayed("bad_answer", "a page where the gradebook should answer")
        return url

    def _send_beside(self, column: Column, url: str, score: Score, sub: str) -> None:
        """Send the score to the column of another link that opens the discussion too. One that is gone is looked for
        at the next score.
        """
        answer = self._post_score(column, url, score, sub)
        if answer.status in GONE:
            self._remember(column, lineitem_url=None)
        elif not answer.ok:
            raise _refusal(answer, sub)

    def _find_beside(self, column: Column, person_id: int, fed: Collection[str]) -> str | None:
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
                self._remember(column, lineitems_url=None)
                return None
            self._remember(column, lineitem_url=url)
            with self._database.writing() as session:
                now = self._services.clock()
                send_column_again(session, column.discussion_id, apart_from=person_id, now=now)
            return url

    def _remember(self, column: Column, **addresses: str | None) -> None:
        with self._database.writing() as session:
            session.execute(update(Placement).where(Placement.id == column.placement_id).values(**addresses))

    def _post_score(self, column: Column, lineitem_url: str, score: Score, sub: str) -> Answer:
        try:
            return self._services.call(
                column.registration,
                "POST",
                scores_url(lineitem_url),
                scopes=column.scopes,
                hosts=column.hosts | column.registration.hosts_with(lineitem_url),
                headers={"Content-Type": SCORE},
                body=score_body(score, sub=sub, is_canvas=column.is_canvas),
            )
        except ServiceDelayed as delay:
            if delay.answer is not None and _is_locked(delay.answer, text_of(delay.answer)):
                raise _refusal(delay.answer, sub) from delay
            raise

    def _find_or_create(self, column: Column, person_id: int, *, gone: str | None = None) -> str:
        """The address of the discussion's line item, remembered for later; `gone` is one that is no longer there.

        A column that was not known before gets the scores of everybody, not only that of this person, which comes next.
        """
        with self._searching(column):
            with self._database.read() as session:
                known = session.scalar(select(Placement.lineitem_url).where(Placement.id == column.placement_id))
            if known and known != gone:  # another worker was faster
                return known
            url = self._find(column) or self._create(column)
            with self._database.writing() as session:
                remember = update(Placement).where(Placement.id == column.placement_id)
                session.execute(remember.values(lineitem_url=url))
                if url != gone:
                    send_column_again(
                        session,
                        column.discussion_id,
                        apart_from=person_id,
                        in_flight=gone is not None,
                        now=self._services.clock(),
                    )
            return url

    @contextmanager
    def _searching(self, column: Column) -> Iterator[None]:
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

    def _find(self, column: Column) -> str | None:
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

    def _create(self, column: Column) -> str:
        if WRITE_SCOPE not in column.scopes or not column.lineitems_url:
            raise ServiceDenied("no_gradebook", "there is no line item, and the platform lets us create none")
        body = line_item_body(column.discussion_id, label=column.label, possible=column.possible)
        try:
            answer = self._post_line_item(column, {**body, "resourceLinkId": column.resource_link_id})
        except ServiceDenied as denial:
            if denial.code != "forbidden":
                raise
            answer = None
        if answer is None or answer.status in GONE:
            # Canvas makes no column for a link in a module, and Moodle none for a link of another tool.
            answer = self._post_line_item(column, body)
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


@contextmanager
def _as_passback() -> Iterator[None]:
    """Say in the words of the port what a service answered."""
    try:
        yield
    except ServiceDelayed as delay:
        raise PassbackDelayed(delay.code, delay.detail, delay.retry_after) from delay
    except ServiceDenied as denial:
        raise PassbackRefused(denial.code, denial.detail) from denial


def _items(page: Any) -> list[dict[str, Any]]:
    if not isinstance(page, list):
        raise ServiceDelayed("bad_answer", "the line items are no list")
    return [item for item in page if isinstance(item, dict)]


def _refusal(answer: Answer, sub: str) -> PassbackRefused:
    """What a 4xx to a score means, and a locked grade, for which Moodle has a 500."""
    code = _meaning(answer, text_of(answer))
    return PassbackRefused(code, words_of(answer, about=sub) or (f"HTTP {answer.status}" if code == "rejected" else ""))


def _meaning(answer: Answer, text: str) -> str:
    if answer.status == 409 or ("timestamp" in text and "before" in text):
        return "stale"
    if _is_locked(answer, text):
        return "locked"
    # Moodle answers 400 with an empty list and repeats the score in its reason phrase.
    about_person = answer.status == 422 and ("student" in text or "user" in text)
    for code, is_meant in (
        ("concluded", "concluded" in text),
        ("attempts", "attempts" in text),
        ("unknown_user", about_person or text.startswith("incorrect score received")),
        ("not_found", answer.status in GONE),
    ):
        if is_meant:
            return code
    return "rejected"


def _is_locked(answer: Answer, text: str) -> bool:
    """Whether a fault of the LMS means a locked grade: Moodle answers 500 with an empty list of scores."""
    is_score = answer.headers.get("Content-Type", "").startswith(SCORE)
    return "locked" in text or (is_score and answer.status == 500 and answer.body.strip() == b"[]")
