"""The LMS's gradebook by Assignment and Grade Services 2.0 (AGS): the edge behind passbacks.ports.Gradebook."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import bindparam, select

from lti_app.core.db import Database
from lti_app.core.http import Answer
from lti_app.course.people.models import Person
from lti_app.grading.passbacks.ports import ColumnReading, PassbackDelayed, PassbackRefused, Score
from lti_app.grading.passbacks.rules.parts import GradePart
from lti_app.lti.ags import (
    RESULT_SCOPE,
    RESULTS,
    SCORE,
    no_score_body,
    read_result,
    results_url,
    score_body,
    scores_url,
    submission_url,
    with_query,
)
from lti_app.lti.columns import Column, columns_of, columns_of_parts, subs_of
from lti_app.lti.line_items import LineItems, items_of
from lti_app.lti.lms_words import text_of, words_of
from lti_app.lti.services import GONE, LtiServices, ServiceDelayed, ServiceDenied, is_page

SEARCH_LOCK = timedelta(minutes=2)
LONGEST_READING = timedelta(minutes=4)
_SUB = select(Person.sub).where(Person.id == bindparam("person_id"))


class _ColumnLeft(Exception):
    """The first column is gone, and there are others: the order of the columns has changed."""


class LtiGradebook:
    """Implements passbacks.ports.Gradebook for every registered platform. Safe in threads and among processes."""

    def __init__(self, *, database: Database, services: LtiServices, base_url: str = "") -> None:
        """`base_url` is where Canvas finds us to show a student's work; without it, it is told of none."""
        self._database = database
        self._services = services
        self._base_url = base_url
        self._line_items = LineItems(database=database, services=services)

    def send(self, score: Score) -> bool:
        """Make the LMS know this score; see the port. Holds no database session while it waits for the LMS."""
        with _as_passback():
            return self._send(score)

    def read(
        self, discussion_id: int, person_ids: Collection[int], *, whole: bool, parts: Sequence[GradePart] = ()
    ) -> Sequence[ColumnReading]:
        """The grades that the LMS shows; see the port. Holds no database session while it waits for the LMS."""
        with _as_passback():
            return self._read(discussion_id, person_ids, whole=whole, parts=parts)

    def _read(
        self, discussion_id: int, person_ids: Collection[int], *, whole: bool, parts: Sequence[GradePart]
    ) -> list[ColumnReading]:
        """What each column shows; a link that has none of its own counts only where no other has one."""
        with self._database.read() as session:
            columns = columns_of(session, discussion_id, person_ids)
            if parts:
                fed = columns_of_parts(session, columns, parts)
            else:
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
        return ColumnReading(column.key, column.title, frozenset(subs.values()), shown, code, column.part)

    def _results(self, column: Column, url: str) -> Iterator[object]:
        """The entries of all pages; never `limit`: Moodle fails when asked to page them."""
        ends = self._services.clock() + LONGEST_READING
        pages = self._services.pages(
            column.registration, url, scopes={RESULT_SCOPE}, hosts=column.hosts, accept=RESULTS
        )
        for page in pages:
            yield from items_of(page)
            if self._services.clock() > ends:
                raise ServiceDelayed("timeout", "the results do not end")

    def _send(self, score: Score) -> bool:
        with self._database.read() as session:
            column, *others = columns_of(session, score.discussion_id, [score.person_id])
            known = {each.lineitem_url for each in (column, *others)}
            sub = session.scalars(_SUB, {"person_id": score.person_id}).one()
            parts = columns_of_parts(session, [column, *others], score.parts)
            dropped = columns_of_parts(session, [column, *others], score.dropped)
        if score.parts:
            return self._send_parts(parts, dropped, score, sub)
        fed = {column.lineitem_url} if column.lineitem_url else set()
        refusals: list[PassbackRefused | ServiceDenied] = []
        try:
            fed.add(self._send_to(column, score, sub, has_others=any(other.lineitem_url for other in others)))
        except _ColumnLeft:
            return self._send(score)
        except (PassbackRefused, ServiceDenied) as refusal:
            refusals.append(refusal)
        for other in others:
            try:
                if (beside := self._line_items.find_beside(other, score.person_id, fed)) is not None:
                    fed.add(beside)
                    self._send_beside(other, beside, score, sub)
            except (PassbackRefused, ServiceDenied) as refusal:
                refusals.append(refusal)
        if refusals:
            raise refusals[0]
        return not fed <= known

    def _send_to(
        self, column: Column, score: Score, sub: str, *, has_others: bool = False, part: GradePart | None = None
    ) -> str:
        """Send a score to the first column, or to that of a part, which is created where there is none; its address."""
        url = column.lineitem_url or self._line_items.find_or_create(column, score.person_id, part=part)
        answer = self._post_score(column, url, score, sub)
        if answer.status in GONE and has_others:
            # An activity was deleted, and another one that opens the discussion is still there.
            self._line_items.remember(column, lineitem_url=None)
            raise _ColumnLeft
        if answer.status in GONE and column.lineitems_url:
            # Somebody deleted the column in the LMS, or the activity was made anew: look once more.
            url, gone = self._line_items.find_or_create(column, score.person_id, gone=url, part=part), url
            answer = self._post_score(column, url, score, sub) if url != gone else answer
        _require_accepted(answer, sub)
        self._line_items.keep_name(column, url, part)
        return url

    def _send_parts(self, columns: Sequence[Column], dropped: Sequence[Column], score: Score, sub: str) -> bool:
        """Send each part of a score to its own column; whether a column is new. Parts that the grade no longer has are
        taken out of theirs. One part that is refused does not keep the others back.
        """
        refusals: list[PassbackRefused | ServiceDenied] = []
        is_new = False
        for column, part in zip(columns, score.parts, strict=True):
            told = replace(score, given=part.given, possible=part.possible)
            try:
                is_new |= self._send_to(column, told, sub, part=part) != column.lineitem_url
            except (PassbackRefused, ServiceDenied) as refusal:
                refusals.append(refusal)
        for column in dropped:
            if column.lineitem_url:
                self._call_scores(column, column.lineitem_url, no_score_body(score, sub=sub), sub)
        if refusals:
            raise refusals[0]
        return is_new

    def _send_beside(self, column: Column, url: str, score: Score, sub: str) -> None:
        """Send the score to the column of another link that opens the discussion too. One that is gone is looked for
        at the next score.
        """
        answer = self._post_score(column, url, score, sub)
        if answer.status in GONE:
            self._line_items.remember(column, lineitem_url=None)
        elif not answer.ok:
            raise _refusal(answer, sub)

    def _post_score(self, column: Column, lineitem_url: str, score: Score, sub: str) -> Answer:
        """Send a score. Where the LMS takes no further attempt of the student, it is sent without one."""
        url = submission_url(self._base_url, score.discussion_id, score.person_id) if self._base_url else ""
        body = score_body(score, sub=sub, is_canvas=column.is_canvas, submission_url=url)
        answer = self._call_scores(column, lineitem_url, body, sub)
        if column.is_canvas and score.is_new_submission and not answer.ok and _is_out_of_attempts(answer):
            body = score_body(replace(score, is_new_submission=False), sub=sub, is_canvas=True)
            return self._call_scores(column, lineitem_url, body, sub)
        return answer

    def _call_scores(self, column: Column, lineitem_url: str, body: Mapping[str, object], sub: str) -> Answer:
        try:
            return self._services.call(
                column.registration,
                "POST",
                scores_url(lineitem_url),
                scopes=column.scopes,
                hosts=column.hosts | column.registration.hosts_with(lineitem_url),
                headers={"Content-Type": SCORE},
                body=body,
            )
        except ServiceDelayed as delay:
            if delay.answer is not None and _is_locked(delay.answer, text_of(delay.answer)):
                raise _refusal(delay.answer, sub) from delay
            raise


@contextmanager
def _as_passback() -> Iterator[None]:
    """Say in the words of the port what a service answered."""
    try:
        yield
    except ServiceDelayed as delay:
        raise PassbackDelayed(delay.code, delay.detail, delay.retry_after) from delay
    except ServiceDenied as denial:
        raise PassbackRefused(denial.code, denial.detail) from denial


def _require_accepted(answer: Answer, sub: str) -> None:
    if not answer.ok:
        raise _refusal(answer, sub)
    if is_page(answer):
        # A page under 200, as of maintenance or of a sign-in, comes from something before the gradebook.
        raise ServiceDelayed("bad_answer", "a page where the gradebook should answer")


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


def _is_out_of_attempts(answer: Answer) -> bool:
    return _meaning(answer, text_of(answer)) == "attempts"


def _is_locked(answer: Answer, text: str) -> bool:
    """Whether a fault of the LMS means a locked grade: Moodle answers 500 with an empty list of scores."""
    is_score = answer.headers.get("Content-Type", "").startswith(SCORE)
    return "locked" in text or (is_score and answer.status == 500 and answer.body.strip() == b"[]")
