"""The students of a discussion, as the pages of graders list, filter and sort them."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from decimal import Decimal
from typing import ClassVar
from urllib.parse import urlencode

from flask import request
from flask_babel import ngettext

from lti_app.core.errors import NotFound
from lti_app.core.made_once import MadeOnce
from lti_app.course.courses.rules import Actor, Role
from lti_app.course.groups.queries import collect_members
from lti_app.discussion.discussions.access import DiscussionPermission
from lti_app.discussion.discussions.actions.pseudonyms import name_everybody
from lti_app.discussion.discussions.queries.discussion import DiscussionView, get_discussion
from lti_app.grading.adjustments.rules.given import GivenGrade
from lti_app.grading.assessments.queries.desk import MOST_LINES, find_by_pseudonym, list_desk
from lti_app.grading.assessments.queries.given import VerdictsOf, collect_given
from lti_app.grading.assessments.rules import ClassLines, GradingStatus, StudentLine
from lti_app.grading.rubrics.rules.criteria import RubricView
from lti_app.participation.progress.queries import collect_class_results
from lti_app.participation.progress.rules import ClassVerdicts, WorkStanding, standing_of
from lti_app.web.requests import is_number
from lti_app.web.session import get_visitor
from lti_app.web.transactions import now, read_session, writing

Shows = Callable[[StudentLine], bool]
SHOWS: Mapping[str, Shows] = {
    "ungraded": lambda line: line.needs_marks,
    "ready": lambda line: line.is_ready,
    "changed": lambda line: line.is_changed or line.status is GradingStatus.CHANGED,
    "asked": lambda line: line.asks_again,
    "gradebook": lambda line: line.passback is not None and line.passback.needs_attention,
    "held": lambda line: line.is_held,
    "released": lambda line: line.status is GradingStatus.RELEASED,
    "excused": lambda line: line.status is GradingStatus.EXCUSED,
    "blind": lambda line: line.is_blind,
    "decide": lambda line: line.blind is not None and line.blind.is_to_decide,
}
"""What the class list can be narrowed to, by the name in addresses."""
SORTS = ("posts", "points")
"""Other orders than that of class lists."""
MINE, NOBODY, ALL = "me", "none", "all"
"""Whose students the class list can be narrowed to, besides those of a grader by id."""


@dataclass(frozen=True)
class ClassFilter:
    """Which students a grader looks at, and in which order. It is part of the address, and stays from page to page."""

    show: str = ""
    work: str = ""
    group: str = ""
    sort: str = ""
    grader: str = ""
    CHOICES: ClassVar[Mapping[str, Collection[str]]] = {
        "show": SHOWS,
        "work": [*WorkStanding],
        "sort": SORTS,
    }

    def shows_grader(self, actor: Actor, line: StudentLine) -> bool:
        """Whether a student has the grader that it is narrowed to."""
        if self.grader == NOBODY:
            return not line.graders.everybody
        wanted = actor.person_id if self.grader == MINE else int(self.grader)
        return wanted in line.graders.everybody

    @property
    def query(self) -> str:
        """What pages add to their links: empty, or from the question mark on."""
        chosen = {each.name: value for each in fields(self) if (value := getattr(self, each.name))}
        return f"?{urlencode(chosen)}" if chosen else ""

    @property
    def chosen_group(self) -> int | None:
        """The group that it is narrowed to."""
        return int(self.group) if self.group else None


def enter(discussion_id: int) -> tuple[Actor, DiscussionView]:
    """The grader and the discussion of this request. Raises NotFound, and Forbidden for all but graders."""
    actor = get_visitor()
    return actor, get_discussion(read_session(), actor, discussion_id, need=DiscussionPermission.GRADE, now=now())


def whom(actor: Actor, discussion: DiscussionView, person_id: int, pseudonym_id: int) -> int:
    """The student that a URL means. While names are hidden, ids that identify a person elsewhere are not accepted."""
    if pseudonym_id:
        return find_by_pseudonym(read_session(), actor, discussion, pseudonym_id)
    if discussion.hides_names_from(actor):
        raise NotFound
    return person_id


def read_filter() -> ClassFilter:
    """The filter in the address of this request; values that are none are left out."""
    found = {
        name: value for name, choices in ClassFilter.CHOICES.items() if (value := request.args.get(name, "")) in choices
    }
    group, grader = _number("group"), request.args.get("grader", "")
    return ClassFilter(**found, group=group, grader=grader if grader in (MINE, NOBODY, ALL) else _number("grader"))


def _number(name: str) -> str:
    value = request.args.get(name, "")
    return value if is_number(value) else ""


def filter_of(actor: Actor, lines: Sequence[StudentLine]) -> ClassFilter:
    """The filter in the address of this request. Without one, an assistant who has students looks at these."""
    wanted = read_filter()
    if actor.role is not Role.ASSISTANT or wanted.query:
        return wanted
    has_own = any(actor.person_id in line.graders.everybody for line in lines)
    return replace(wanted, grader=MINE) if has_own else wanted


def list_class(actor: Actor, discussion: DiscussionView) -> ClassLines:
    """The class list. In blind grading, students without a pseudonym get one first."""
    lines = list_desk(read_session(), actor, discussion)
    if discussion.hides_names_from(actor) and not lines.are_named:
        with writing() as session:
            name_everybody(session, actor, discussion)
        lines = list_desk(read_session(), actor, discussion)
    return lines


def standings_of(actor: Actor, discussion: DiscussionView, lines: Sequence[StudentLine]) -> Mapping[int, WorkStanding]:
    """How far the work of each student is, by person id."""
    return standings_by(discussion, collect_class_results(read_session(), actor, discussion, now=now()), lines)


def standings_by(
    discussion: DiscussionView, results: ClassVerdicts, lines: Sequence[StudentLine]
) -> Mapping[int, WorkStanding]:
    """The same where the evaluation of the class is known already."""

    def judged() -> dict[int, WorkStanding]:
        return {line.person_id: standing_of(results.of(line.person_id), posts=line.posts) for line in lines}

    return _standings.of(discussion.id, (results, tuple(lines)), judged, size=len(lines))


_standings: MadeOnce[int, Mapping[int, WorkStanding]] = MadeOnce(MOST_LINES)
"""By discussion id."""


def grades_of(
    actor: Actor,
    discussion: DiscussionView,
    lines: Sequence[StudentLine],
    verdicts_of: VerdictsOf | None = None,
    *,
    versions: Mapping[int, RubricView] | None = None,
) -> Mapping[int, GivenGrade]:
    """The grades that students would get now, by person id; none for those of whom nothing is stored. `versions` are
    those of the rubric, where they are known.
    """
    bases = {line.person_id: line.basis for line in lines if line.basis}
    return collect_given(
        read_session(), actor, discussion, bases, verdicts_of=verdicts_of, versions=versions, now=now()
    )


def narrowed(
    actor: Actor,
    discussion: DiscussionView,
    lines: Sequence[StudentLine],
    wanted: ClassFilter,
    *,
    standings: Mapping[int, WorkStanding] | None = None,
    grades: Mapping[int, GivenGrade] | None = None,
) -> list[StudentLine]:
    """The students that a filter leaves, in its order."""
    found = list(lines)
    needs_grades = wanted.show == "changed" or wanted.sort == "points"
    given = grades_of(actor, discussion, lines) if grades is None and needs_grades else grades or {}
    if wanted.show:
        is_changed = wanted.show == "changed"
        found = [line for line in found if SHOWS[wanted.show](line) or (is_changed and _differs(line, given))]
    if wanted.work:
        known = standings_of(actor, discussion, lines) if standings is None else standings
        found = [line for line in found if known[line.person_id] == wanted.work]
    if wanted.chosen_group is not None and not discussion.hides_names_from(actor):
        members = collect_members(read_session(), actor, wanted.chosen_group)
        found = [line for line in found if line.person_id in members]
    if wanted.grader not in ("", ALL):
        found = [line for line in found if wanted.shows_grader(actor, line)]
    if wanted.sort == "points":
        return sorted(found, key=lambda line: _by_points(given.get(line.person_id)))
    return sorted(found, key=lambda line: -line.posts) if wanted.sort else found


def _differs(line: StudentLine, grades: Mapping[int, GivenGrade]) -> bool:
    """Whether a released grade would be another one if it were released now."""
    grade = grades.get(line.person_id)
    return grade is not None and line.released_given is not None and grade.given != line.released_given


def _by_points(grade: GivenGrade | None) -> tuple[bool, Decimal]:
    """The highest grade first, those without one last."""
    return (grade is None, -grade.given if grade else Decimal(0))


def neighbours(lines: Sequence[StudentLine], person_id: int) -> tuple[StudentLine | None, StudentLine | None]:
    """The students before and after one in the class list."""
    at = [line.person_id for line in lines].index(person_id)
    return (lines[at - 1] if at else None), (lines[at + 1] if at + 1 < len(lines) else None)


def with_open(here: StudentLine, everybody: Sequence[StudentLine], shown: list[StudentLine]) -> list[StudentLine]:
    """The students that a filter shows, and the one who is open even if it does not show them any more."""
    if any(line.person_id == here.person_id for line in shown):
        return shown
    order = {line.person_id: at for at, line in enumerate(everybody)}
    at = next((n for n, line in enumerate(shown) if order[line.person_id] > order[here.person_id]), len(shown))
    return [*shown[:at], here, *shown[at:]]


def next_ungraded(lines: Sequence[StudentLine], person_id: int) -> str | None:
    """The key of the next student in the class list who needs grading, from the top again after the last."""
    at = [line.person_id for line in lines].index(person_id)
    return next((line.key for line in [*lines[at + 1 :], *lines[:at]] if line.needs_marks), None)


def chosen_words(count: int, *, keeps: bool) -> str:
    """What was done where the LMS shows other grades."""
    if keeps:
        return ngettext("%(num)d LMS grade kept.", "%(num)d LMS grades kept.", count)
    return ngettext("Sending %(num)d grade again.", "Sending %(num)d grades again.", count)
