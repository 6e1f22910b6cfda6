"""The lines of a released grade as it keeps them: data, so that each reader gets them in their language."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import datetime
from decimal import Decimal
from typing import Any

from lti_app.grading.adjustments.rules.curves import Curve, CurveLine
from lti_app.grading.adjustments.rules.given import GivenGrade
from lti_app.grading.adjustments.rules.late import LateLine, LatePart, LateUnit, WorkPart

LATE, CURVE = "late", "curve"


def lines_to_stored(grade: GivenGrade) -> list[dict[str, Any]]:
    """The lines of a grade as JSON, with points as text."""
    stored: list[dict[str, Any]] = []
    if grade.late:
        parts = [_part_to_stored(each) for each in grade.late.parts]
        line = {"line": LATE, "unit": grade.late.unit.value, "is_waived": grade.late.is_waived, "parts": parts}
        stored.append(line)
    if grade.curve:
        stored.append({"line": CURVE, "amount": str(grade.curve.amount), "curve": grade.curve.curve.to_stored()})
    return stored


def lines_from_stored(stored: Iterable[Mapping[str, Any]]) -> tuple[LateLine | None, CurveLine | None]:
    """The lines that `lines_to_stored` wrote; kinds that only a newer release knows are left out."""
    by_kind = {each.get("line"): each for each in stored}
    late, curve = by_kind.get(LATE), by_kind.get(CURVE)
    return (
        LateLine(LateUnit(late["unit"]), tuple(map(_part, late["parts"])), late["is_waived"]) if late else None,
        CurveLine(Curve.from_stored(curve["curve"]), Decimal(curve["amount"])) if curve else None,
    )


def _part_to_stored(part: LatePart) -> dict[str, Any]:
    moments = {"due": part.due.isoformat(), "at": part.at.isoformat()}
    points = {name: str(getattr(part, name)) for name in ("taken", "base", "amount")}
    return {**asdict(part), **moments, **points, "part": part.part.value, "addresses": list(part.addresses)}


def _part(stored: Mapping[str, Any]) -> LatePart:
    return LatePart(
        part=WorkPart(stored["part"]),
        due=datetime.fromisoformat(stored["due"]),
        at=datetime.fromisoformat(stored["at"]),
        days=stored["days"],
        taken=Decimal(stored["taken"]),
        base=Decimal(stored["base"]),
        amount=Decimal(stored["amount"]),
        addresses=tuple(stored["addresses"]),
    )
