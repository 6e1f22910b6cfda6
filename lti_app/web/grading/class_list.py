"""The students of a discussion, as the pages of graders list, filter and sort them."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import ClassVar
from urllib.parse import urlencode

from flask import request
from flask_babel import ngettext

from lti_app.core.errors import NotFound
from lti_app.course.courses.rules import Actor
from lti_app.course.groups.queries import collect_members
from lti_app.discussion.discussions.access import DiscussionPermission
from lti_app.discussion.discussions.actions.pseudonyms import name_everybody
from lti_app.discussion.discussions.queries.discussion import DiscussionView, get_discussion
from lti_app.grading.adjustments.rules.given import GivenGrade
from lti_app.grading.assessments.queries.desk import find_by_pseudonym, list_desk
from lti_app.grading.assessments.queries.given import VerdictsOf, collect_given
from lti_app.grading.assessments.rules import GradingStatus, StudentLine
from lti_app.participation.progress.queries import collect_class_verdicts
from lti_app.participation.progress.rules import WorkStanding, standing_of
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
}
"""What the class list can be narrowed to, by the name in addresses."""
SORTS = ("posts", "points")
"""Other orders than that of class lists."""
MAX_DIGITS = 18


@dataclass(frozen=True)
class ClassFilter:
    """Which students a grader looks at, and in which order. It is part of the address, and stays from page to page."""

    show: str = ""
    work: str = ""
    group: str = ""
    sort: str = ""
    CHOICES: ClassVar[Mapping[str, Collection[str]]] = {
        "show": SHOWS,
        "work": [*WorkStanding],
        "sort": SORTS,
    }

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
    group = request.args.get("group", "")
    is_number = group.isascii() and group.isdigit() and len(group) <= MAX_DIGITS
    return ClassFilter(**found, group=group if is_number else "")


def list_class(actor: Actor, discussion: DiscussionView) -> list[StudentLine]:
    """The class list. In blind grading, students without a pseudonym get one first."""
    lines = list_desk(read_session(), actor, discussion)
    if discussion.hides_names_from(actor) and not all(line.name for line in lines):
        with writing() as session:
            name_everybody(session, actor, discussion)
        lines = list_desk(read_session(), actor, discussion)
    return lines


def standings_of(actor: Actor, discussion: DiscussionView, lines: Sequence[StudentLine]) -> dict[int, WorkStanding]:
    """How far the work of each student is, by person id."""
    return standings_by(collect_class_verdicts(read_session(), actor, discussion, now=now()), lines)


def standings_by(verdicts_of: VerdictsOf, lines: Sequence[StudentLine]) -> dict[int, WorkStanding]:
    """The same where the evaluation of the class is known already."""
    return {line.person_id: standing_of(verdicts_of(line.person_id), posts=line.posts) for line in lines}


def grades_of(
    actor: Actor, discussion: DiscussionView, lines: Sequence[StudentLine], verdicts_of: VerdictsOf | None = None
) -> dict[int, GivenGrade]:
    """The grades that students would get now, by person id; none for those of whom nothing is stored."""
    bases = {line.person_id: line.basis for line in lines if line.basis}
    return collect_given(read_session(), actor, discussion, bases, verdicts_of=verdicts_of, now=now())


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
    if wanted.sort == "posts":
        return sorted(found, key=lambda line: -line.posts)
    if wanted.sort == "points":
        return sorted(found, key=lambda line: _by_points(given.get(line.person_id)))
    return found


def _differs(line: StudentLine, grades: Mapping[int, GivenGrade]) -> bool:
    """Whether a released grade would be another one if it were released now."""
    grade = grades.get(line.person_id)
    return grade is not None and line.released_given is not None and grade.given != line.released_given


def _by_points(grade: GivenGrade | None) -> tuple[bool, Decimal]:
    """The highest grade first, those without one last."""
    return (grade is None, -grade.given if grade else Decimal(0))


def chosen_words(count: int, *, keeps: bool) -> str:
    """What was done where the LMS shows other grades."""
    if keeps:
        return ngettext("%(num)d LMS grade kept.", "%(num)d LMS grades kept.", count)
    return ngettext("Sending %(num)d grade again.", "Sending %(num)d grades again.", count)
