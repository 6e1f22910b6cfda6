"""The rubric editor: what was typed, whatever it is, and the changes that its buttons make.

Criteria and levels are told apart by numbers in the names of their fields (`c2-title`, `c2-l0-points`), and their order
is that of the hidden fields `c` and `c2-l`, so that a script can move them without naming anything anew.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from babel import Locale
from flask import render_template
from flask_babel import get_locale
from flask_babel import gettext as _
from markupsafe import Markup
from werkzeug.datastructures import MultiDict

from lti_app.grading.rubrics.rules.criteria import Evidence, Scoring
from lti_app.grading.rubrics.rules.plans import CriterionPlan, LevelPlan, RubricPlan
from lti_app.grading.rubrics.rules.points import rounded
from lti_app.grading.rubrics.rules.validation import (
    MAX_CRITERIA,
    MAX_LEVELS,
    UNREADABLE,
    RubricProblem,
    problems_in,
)
from lti_app.web.grading.forms.desk import parsed_points
from lti_app.web.requests import is_number
from lti_app.web.templating import points

NEW_LEVELS = ("2", "1", "0")
"""The points of the levels that a new criterion begins with."""
Form = MultiDict[str, str]
_POINTING = Markup(' aria-invalid="true" aria-describedby="{}-error"')
"""The attributes of a field with an error beside it."""


@dataclass(frozen=True)
class LevelDraft:
    """A level as it was typed."""

    points: str = ""
    name: str = ""
    description: str = ""
    key: int = 0

    def plan(self) -> LevelPlan:
        """The level; points that cannot be read are UNREADABLE."""
        return LevelPlan(_number(self.points), self.name, self.description, self.key)


@dataclass(frozen=True)
class CriterionDraft:
    """A criterion as it was typed."""

    title: str = ""
    description: str = ""
    evidence: str = Evidence.NONE.value
    uses_range: bool = False
    counts: bool = True
    weight: str = "1"
    preselects: bool = False
    key: int = 0
    levels: tuple[LevelDraft, ...] = tuple(LevelDraft(each) for each in NEW_LEVELS)

    @property
    def is_special(self) -> bool:
        """Whether any of the less common settings is in use."""
        return self.uses_range or not self.counts or self.preselects or _number(self.weight) != 1

    def plan(self) -> CriterionPlan:
        """The criterion; numbers that cannot be read are UNREADABLE."""
        return CriterionPlan(
            title=self.title,
            description=self.description,
            evidence=Evidence(self.evidence) if self.evidence in set(Evidence) else Evidence.NONE,
            uses_range=self.uses_range,
            counts=self.counts,
            weight=_number(self.weight),
            preselects=self.preselects,
            key=self.key,
            levels=tuple(level.plan() for level in self.levels),
        )


@dataclass(frozen=True)
class RubricDraft:
    """A rubric as it was typed, valid or not."""

    title: str = ""
    scoring: str = Scoring.POINTS.value
    complete_from: str = "0"
    criteria: tuple[CriterionDraft, ...] = (CriterionDraft(),)

    def plan(self) -> RubricPlan:
        """The rubric, to be checked before it is stored."""
        scoring = Scoring(self.scoring) if self.scoring in set(Scoring) else Scoring.POINTS
        pass_mark = _number(self.complete_from) if scoring is Scoring.COMPLETE else Decimal(0)
        return RubricPlan(tuple(each.plan() for each in self.criteria), self.title, scoring, pass_mark)

    def fields(self) -> Iterator[tuple[str, str]]:
        """The names and values that `read_draft` makes the same draft of."""
        yield from (("title", self.title), ("scoring", self.scoring), ("complete_from", self.complete_from))
        for n, each in enumerate(self.criteria):
            yield "c", str(n)
            for name in ("title", "description", "evidence", "weight", "key"):
                yield f"c{n}-{name}", str(getattr(each, name))
            yield from ((f"c{n}-{name}", "y") for name in ("uses_range", "counts", "preselects") if getattr(each, name))
            for m, level in enumerate(each.levels):
                yield f"c{n}-l", str(m)
                for name in ("points", "name", "description", "key"):
                    yield f"c{n}-l{m}-{name}", str(getattr(level, name))


def draft_of(plan: RubricPlan) -> RubricDraft:
    """A rubric in the fields of the editor."""
    return RubricDraft(
        title=plan.title,
        scoring=plan.scoring.value,
        complete_from=points(plan.pass_mark),
        criteria=tuple(
            CriterionDraft(
                title=each.title,
                description=each.description,
                evidence=each.evidence.value,
                uses_range=each.uses_range,
                counts=each.counts,
                weight=points(each.weight),
                preselects=each.preselects,
                key=each.key,
                levels=tuple(
                    LevelDraft(points(level.points), level.name, level.description, level.key) for level in each.levels
                ),
            )
            for each in plan.criteria
        ),
    )


def read_draft(form: Form) -> RubricDraft:
    """What was typed; more criteria or levels than a rubric can have, and one more, are not read."""
    return RubricDraft(
        title=form.get("title", ""),
        scoring=form.get("scoring", Scoring.POINTS.value),
        complete_from=form.get("complete_from", ""),
        criteria=tuple(_read_criterion(form, f"c{token}") for token in _tokens(form, "c", MAX_CRITERIA)),
    )


def _read_criterion(form: Form, at: str) -> CriterionDraft:
    return CriterionDraft(
        title=form.get(f"{at}-title", ""),
        description=_lines(form.get(f"{at}-description", "")),
        evidence=form.get(f"{at}-evidence", ""),
        uses_range=f"{at}-uses_range" in form,
        counts=f"{at}-counts" in form,
        weight=form.get(f"{at}-weight", ""),
        preselects=f"{at}-preselects" in form,
        key=_key(form.get(f"{at}-key", "")),
        levels=tuple(
            LevelDraft(
                form.get(f"{at}-l{token}-points", ""),
                form.get(f"{at}-l{token}-name", ""),
                _lines(form.get(f"{at}-l{token}-description", "")),
                _key(form.get(f"{at}-l{token}-key", "")),
            )
            for token in _tokens(form, f"{at}-l", MAX_LEVELS)
        ),
    )


def _tokens(form: Form, name: str, limit: int) -> list[str]:
    numbers = [each for each in form.getlist(name) if each.isascii() and each.isdigit() and len(each) <= 6]
    return list(dict.fromkeys(numbers))[: limit + 1]


def _key(text: str) -> int:
    return int(text) if is_number(text) else 0


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n")


def _number(text: str) -> Decimal:
    found = parsed_points(text)
    return UNREADABLE if found is None else found


def edited(draft: RubricDraft, action: str) -> RubricDraft:
    """The draft after one of the editor's buttons.

    `action` is what the button sends: a verb, and the numbers of the criterion and the level that it is about. What
    is not there any more is left alone.
    """
    verb, *numbers = action.split(":")
    try:
        n, m = [*(int(each[:4]) for each in numbers), -1, -1][:2]
    except ValueError:
        return draft
    if verb == "add" and len(draft.criteria) < MAX_CRITERIA:
        return replace(draft, criteria=(*draft.criteria, CriterionDraft()))
    if not 0 <= n < len(draft.criteria):
        return draft
    if verb in ("up", "down", "delete"):
        return replace(draft, criteria=_moved(draft.criteria, n, verb))
    levels = _with_levels(draft.criteria[n].levels, m, verb)
    criteria = (*draft.criteria[:n], replace(draft.criteria[n], levels=levels), *draft.criteria[n + 1 :])
    return replace(draft, criteria=criteria)


def _moved(criteria: Sequence[CriterionDraft], n: int, verb: str) -> tuple[CriterionDraft, ...]:
    rest = [*criteria]
    moved = rest.pop(n)
    if verb != "delete":
        rest.insert(max(n - 1, 0) if verb == "up" else n + 1, moved)
    return tuple(rest)


def _with_levels(levels: Sequence[LevelDraft], m: int, verb: str) -> tuple[LevelDraft, ...]:
    """The levels of a criterion after a button."""
    rest = [*levels]
    has_room = len(rest) < MAX_LEVELS
    if verb == "add-level" and has_room:
        rest.append(LevelDraft())
    elif not 0 <= m < len(rest):
        return tuple(rest)
    elif verb == "delete-level":
        del rest[m]
    elif verb == "split" and has_room:
        rest.insert(m + 1, LevelDraft(_between(rest[m], rest[m + 1 : m + 2]), description=rest[m].description))
    elif verb == "merge" and m + 1 < len(rest):
        rest[m : m + 2] = [_merged(rest[m], rest[m + 1])]
    return tuple(rest)


def _between(upper: LevelDraft, lower: Sequence[LevelDraft]) -> str:
    """The points half way between a level and the next lower one; empty where there is no room."""
    high, low = _number(upper.points), _number(lower[0].points) if lower else Decimal(0)
    middle = rounded((high + low) / 2)
    return points(middle) if low >= 0 and low < middle < high else ""


def _merged(upper: LevelDraft, lower: LevelDraft) -> LevelDraft:
    """One level with the points of the upper one, and what both say."""
    names = dict.fromkeys(each.name.strip() for each in (upper, lower) if each.name.strip())
    told = dict.fromkeys(each.description.strip() for each in (upper, lower) if each.description.strip())
    return replace(upper, name=" / ".join(names), description="\n".join(told))


def field_of(problem: RubricProblem) -> str:
    """The name of the field that a problem is about."""
    criterion = "" if problem.criterion is None else f"c{problem.criterion}-"
    level = "" if problem.level is None else f"l{problem.level}-"
    return f"{criterion}{level}{problem.field.value}"


def check(draft: RubricDraft) -> tuple[RubricProblem, ...]:
    """All that is wrong with what was typed."""
    return problems_in(draft.plan())


def editor(
    draft: RubricDraft,
    *,
    heading: str,
    version: int,
    back: str,
    template: str = "grading/rubrics/edit.html",
    **more: Any,
) -> str:
    """The page of the editor, which `back` leaves.

    More may be `problems` with what was typed, a `notice`, and what the template needs.
    """
    errors = {field_of(each): each.reason for each in more.get("problems", ())}
    usual = {"problems": (), "notice": "", "back_label": _("Rubrics")}
    return render_template(
        template,
        draft=draft,
        heading=heading,
        version=version,
        back=back,
        errors=errors,
        wrong=lambda name: _POINTING.format(name) if name in errors else "",
        field_of=field_of,
        maximum=_maximum(draft),
        evidence_words=_evidence_words(),
        scoring_words=_scoring_words(),
        empty_criterion=CriterionDraft(),
        empty_level=LevelDraft(),
        limits={"criteria": MAX_CRITERIA, "levels": MAX_LEVELS},
        decimal_sign=str((get_locale() or Locale("en")).number_symbols["latn"]["decimal"]),
        **(usual | more),
    )


def _maximum(draft: RubricDraft) -> Decimal:
    """What the rubric comes to so far; what cannot be read counts as 0."""
    plan = draft.plan()
    known = [replace(each, weight=max(each.weight, Decimal(0))) for each in plan.criteria]
    return max(replace(plan, criteria=tuple(known)).numbered().maximum, Decimal(0))


def _evidence_words() -> dict[str, str]:
    return {
        Evidence.NONE.value: _("Nothing"),
        Evidence.FIRST_POST.value: _("First post: words"),
        Evidence.REPLIES.value: _("Replies"),
        Evidence.READINGS.value: _("Citations of the readings"),
        Evidence.TIMELINESS.value: _("Timeliness"),
    }


def _scoring_words() -> dict[str, str]:
    return {
        Scoring.POINTS.value: _("Points"),
        Scoring.PERCENT.value: _("Percent"),
        Scoring.COMPLETE.value: _("Complete or incomplete"),
    }


def typed_version(form: Form) -> int:
    """The version of the rubric that the page showed; 0 where there was none."""
    return _key(form.get("version", ""))
