"""The history of grades."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from lti_app.course.courses.rules import Actor
from lti_app.grading.assessments.models import Assessment, GradeEvent
from lti_app.grading.assessments.rules import GradeEventKind


def record(
    session: Session,
    actor: Actor,
    kind: GradeEventKind,
    assessments: Iterable[Assessment],
    *,
    totals: Mapping[int, Decimal] | None = None,
    words: str | None = None,
    marks: Mapping[int, list[dict[str, Any]]] | None = None,
    lines: Mapping[int, list[dict[str, Any]]] | None = None,
    now: datetime,
) -> None:
    """Note what was done with these assessments (one statement), which a lock has answered with.

    `totals`, `marks` and `lines` are by assessment id; without them, the totals are those of the assessments, and no
    marks or lines changed. `words` are the comments of the assessments where they are not given.
    """
    session.add_all(
        GradeEvent(
            assessment_id=each.id,
            kind=kind,
            at=now,
            by_id=actor.person_id,
            version=each.version,
            total=each.total if totals is None else totals[each.id],
            words=each.comment if words is None else words,
            marks=(marks or {}).get(each.id, []),
            lines=(lines or {}).get(each.id, []),
        )
        for each in assessments
    )
    session.flush()
