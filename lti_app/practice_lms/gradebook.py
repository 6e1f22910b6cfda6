"""The gradebook: line items (columns) and the last score that the tool reported for each student."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from lti_app.practice_lms.config import PracticeConfig
from lti_app.practice_lms.grade_messages import LineItemDraft, ScoreMessage
from lti_app.practice_lms.store import Store, line_items, overrides, scores

WORK_BEGUN = {"Started", "InProgress", "Submitted", "Completed"}
WORK_HANDED_IN = {"Submitted", "Completed"}


class OutdatedScoreError(Exception):
    """The score is not newer than the one on record."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LineItem(LineItemDraft):
    """A column of the gradebook."""

    id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """The last score of one student in one line item, as the tool sent it."""

    line_item_id: int
    user_id: str
    score_given: float | None
    score_maximum: float | None
    comment: str
    activity_progress: str
    grading_progress: str
    timestamp: datetime
    received_at: datetime
    started_at: datetime | None
    submitted_at: datetime | None
    scoring_user_id: str | None

    @property
    def is_final(self) -> bool:
        """Whether the score counts as a result, rather than as a partial one."""
        return self.score_given is not None and self.grading_progress == "FullyGraded"

    def scaled_to(self, maximum: float) -> float | None:
        """Return the points out of ``maximum``, or None where there is no score (AGS 2.0 section 3.4.4)."""
        if self.score_given is None or not self.score_maximum:
            return None
        return round(self.score_given * maximum / self.score_maximum, 4)


class Gradebook:
    """Line items and scores of the course."""

    def __init__(self, store: Store, config: PracticeConfig) -> None:
        self._store = store
        self._config = config

    def line_items(self, **equal: str | None) -> list[LineItem]:
        """Return the line items in order of creation, filtered by these values."""
        query = select(line_items).order_by(line_items.c.id)
        for name, value in equal.items():
            query = query.where(line_items.c[name] == value) if value is not None else query
        with self._store.reading() as connection:
            return [LineItem(**row) for row in connection.execute(query).mappings()]

    def line_item(self, line_item_id: int) -> LineItem | None:
        """Return one line item, or None."""
        with self._store.reading() as connection:
            row = connection.execute(select(line_items).where(line_items.c.id == line_item_id)).mappings().first()
        return LineItem(**row) if row else None

    def create(self, draft: LineItemDraft) -> LineItem:
        """Add a column."""
        with self._store.writing() as connection:
            key = connection.execute(insert(line_items).values(**asdict(draft))).inserted_primary_key
        return LineItem(**asdict(draft), id=key[0] if key else 0)

    def replace(self, line_item_id: int, draft: LineItemDraft) -> bool:
        """Replace the definition of a column; scores are scaled to it when shown. False: no such one."""
        with self._store.writing() as connection:
            changed = connection.execute(
                update(line_items).where(line_items.c.id == line_item_id).values(**asdict(draft))
            )
        return changed.rowcount == 1

    def delete(self, line_item_id: int) -> bool:
        """Remove a column with its scores. False: no such one."""
        with self._store.writing() as connection:
            return connection.execute(delete(line_items).where(line_items.c.id == line_item_id)).rowcount == 1

    def couple(self, placement_id: str, draft: LineItemDraft) -> None:
        """Create the line item that belongs to a placement from its beginning, once."""
        with self._store.writing() as connection:
            if connection.scalar(select(line_items.c.id).where(line_items.c.resource_link_id == placement_id)) is None:
                connection.execute(insert(line_items).values(**asdict(draft)))

    def record(self, line_item_id: int, message: ScoreMessage) -> None:
        """Keep a score; raises OutdatedScoreError unless it is newer than the last (AGS 2.0 section 3.4.9)."""
        key = (scores.c.line_item_id == line_item_id) & (scores.c.user_id == message.user_id)
        with self._store.writing() as connection:
            last = connection.execute(select(scores).where(key)).mappings().first()
            if last is not None and message.timestamp <= datetime.fromisoformat(last["timestamp"]):
                raise OutdatedScoreError(f"The last score on record is of {last['timestamp']}.")
            connection.execute(delete(scores).where(key))
            self._insert(connection, line_item_id, message, last)

    def _insert(
        self, connection: Connection, line_item_id: int, message: ScoreMessage, last: Mapping[Any, Any] | None
    ) -> None:
        values = {name: _stored(value) for name, value in asdict(message).items()}
        values |= {
            "line_item_id": line_item_id,
            "received_at": self._config.clock().isoformat(),
            "started_at": _kept_start(message, last),
            "submitted_at": _kept_submission(message, last),
        }
        connection.execute(insert(scores).values(**values))

    def override(self, line_item_id: int, user_id: str, points: float | None) -> None:
        """Let this grade count whatever the tool sends, as an instructor may in a gradebook; None undoes it."""
        key = (overrides.c.line_item_id == line_item_id) & (overrides.c.user_id == user_id)
        with self._store.writing() as connection:
            connection.execute(delete(overrides).where(key))
            if points is not None:
                connection.execute(insert(overrides).values(line_item_id=line_item_id, user_id=user_id, points=points))

    def overrides(self) -> dict[tuple[str, int], float]:
        """Return the overridden grades, by student and line item."""
        with self._store.reading() as connection:
            rows = connection.execute(select(overrides)).mappings()
            return {(row["user_id"], row["line_item_id"]): row["points"] for row in rows}

    def scores(self, line_item_id: int | None = None, user_id: str | None = None) -> list[Score]:
        """Return the latest scores, optionally of one line item or one student."""
        query = select(scores).order_by(scores.c.line_item_id, scores.c.user_id)
        if line_item_id is not None:
            query = query.where(scores.c.line_item_id == line_item_id)
        if user_id is not None:
            query = query.where(scores.c.user_id == user_id)
        with self._store.reading() as connection:
            return [_score(row) for row in connection.execute(query).mappings()]


def _score(row: Mapping[Any, Any]) -> Score:
    times = ("timestamp", "received_at", "started_at", "submitted_at")
    read = {name: datetime.fromisoformat(row[name]) if row[name] else None for name in times}
    return Score(**(dict(row) | read))


def _stored(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else value


def _kept_start(message: ScoreMessage, last: Mapping[Any, Any] | None) -> object:
    """Return when the work began, as AGS 2.0 section 3.4.10.1 derives it from this and earlier scores."""
    if message.started_at is not None or message.activity_progress == "Initialized":
        return _stored(message.started_at)
    if last is not None and last["started_at"]:
        return last["started_at"]
    return _stored(message.timestamp) if message.activity_progress in WORK_BEGUN else None


def _kept_submission(message: ScoreMessage, last: Mapping[Any, Any] | None) -> object:
    """Return when the work was handed in, as AGS 2.0 section 3.4.10.2 derives it from this and earlier scores."""
    if message.submitted_at is not None or message.activity_progress not in WORK_HANDED_IN:
        return _stored(message.submitted_at)
    if last is not None and last["submitted_at"]:
        return last["submitted_at"]
    return _stored(message.timestamp)


def plain(number: float) -> float | int:
    """Return a whole number as an integer, so that 20 points are shown and sent as 20."""
    return int(number) if number == int(number) else number


def line_item_json(item: LineItem, url: str) -> dict[str, Any]:
    """Return the representation application/vnd.ims.lis.v2.lineitem+json."""
    optional = {
        "resourceLinkId": item.resource_link_id,
        "resourceId": item.resource_id,
        "tag": item.tag,
        "gradesReleased": item.grades_released,
        "submissionReview": item.submission_review,
    }
    return {
        "id": url,
        "label": item.label,
        "scoreMaximum": plain(item.score_maximum),
        **{name: value for name, value in optional.items() if value is not None},
        "startDateTime": item.start_date_time,
        "endDateTime": item.end_date_time,
    }


def result_json(item: LineItem, url: str, score: Score, override: float | None = None) -> dict[str, Any]:
    """Return one entry of application/vnd.ims.lis.v2.resultcontainer+json; an override counts for the score."""
    path, _, query = url.partition("?")
    points = score.scaled_to(item.score_maximum) if override is None else override
    result: dict[str, Any] = {
        "id": f"{path}/results/{score.user_id}?{query}",
        "scoreOf": url,
        "userId": score.user_id,
        "resultScore": None if points is None else plain(points),
        "resultMaximum": plain(item.score_maximum),
        "comment": score.comment,
    }
    return result | ({"scoringUserId": score.scoring_user_id} if score.scoring_user_id else {})


def final_scores(all_scores: Sequence[Score]) -> list[Score]:
    """Return the scores that are results; the specification lets a platform skip the rest."""
    return [score for score in all_scores if score.is_final]
