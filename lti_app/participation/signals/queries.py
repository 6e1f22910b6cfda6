"""The signals of a course, derived from what happened; only rules and dismissals are stored."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_app.core.wording import Phrase
from lti_app.course.courses.queries import name_in_course
from lti_app.course.courses.rules import Actor
from lti_app.course.people.models import Person
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.discussion.discussions.rules import State
from lti_app.participation.activity.queries.facts import (
    collect_opened,
    collect_own_calendars,
    collect_pseudonyms,
    list_activity,
    list_assigned_pages,
    list_begun,
    list_cited,
    list_participants,
)
from lti_app.participation.activity.rules.facts import in_front_of_class
from lti_app.participation.signals.access import require_see
from lti_app.participation.signals.models import SignalDismissal, SignalSettings
from lti_app.participation.signals.rules.base import (
    CURRENT_FOR,
    DiscussionFacts,
    EvidencePost,
    FiredSignal,
    SignalFacts,
)
from lti_app.participation.signals.rules.registry import (
    SignalRule,
    find_of_each,
    find_signals,
    rules_from_stored,
)


@dataclass(frozen=True)
class SignalRulesView:
    """The rules of a course."""

    rules: tuple[SignalRule, ...]
    version: int
    """0 before anybody has changed them."""


@dataclass(frozen=True)
class SignalView:
    """A signal as staff see it."""

    kind: str
    key: str
    """With the ids of people; not for pages."""
    token: str
    """What pages call the signal: without the id of a person whose name is hidden."""
    state: str
    says: Phrase
    discussion_id: int | None
    discussion_title: str
    person_id: int | None
    """None where it is about no student, or the name is hidden."""
    name: str
    """Of the student; a pseudonym where names are hidden."""
    reading_id: int | None
    evidence: tuple[EvidencePost, ...]
    is_nameless: bool
    """Whether it is about a student without a pseudonym where names are hidden."""
    dismissed_at: datetime | None = None
    dismissed_by: str = ""


@dataclass(frozen=True)
class SignalCount:
    """How many signals a rule gives now."""

    shown: int
    dismissed: int = 0


@dataclass(frozen=True)
class SignalBoard:
    """All signals of a course, and the rules that gave them."""

    rules: tuple[SignalRule, ...]
    signals: tuple[SignalView, ...]
    dismissed: tuple[SignalView, ...]
    """Those that say the same as when they were dismissed."""
    hides_some: bool
    """Whether some discussions have hidden names, so that their replies are not counted over the course."""
    nameless: tuple[DiscussionView, ...]
    """The discussions in which students need a pseudonym first."""


def get_signal_rules(session: Session, actor: Actor) -> SignalRulesView:
    """The rules of the actor's course (one statement). Raises Forbidden for all but staff."""
    require_see(actor)
    row = session.scalars(select(SignalSettings).where(SignalSettings.course_id == actor.course_id)).one_or_none()
    return SignalRulesView(rules_from_stored(row.rules if row else {}), row.version if row else 0)


def get_signals(session: Session, actor: Actor, now: datetime) -> SignalBoard:
    """The signals of the actor's course now (ten statements, whatever the number of posts, students and discussions).

    Raises Forbidden for all but staff.
    """
    rules = get_signal_rules(session, actor).rules
    views = list_begun(session, actor, now)
    facts = _collect(session, actor, views, now)
    hiding = {view.id: view for view in views if view.hides_names_from(actor)}
    names = _Names(
        titles={view.id: view.title for view in views},
        hiding=frozenset(hiding),
        pseudonyms=collect_pseudonyms(session, hiding.values()),
        names={each.person_id: each.name for each in facts.students},
    )
    dismissals = _dismissals(session, actor)
    fired = [_view(each, names, dismissals) for each in find_signals(facts, rules)]
    signals = [each for each in fired if each.dismissed_at is None]
    in_order = sorted(signals, key=lambda each: each.name if each.discussion_id in hiding else "")
    lacking = dict.fromkeys(each.discussion_id for each in fired if each.is_nameless)
    return SignalBoard(
        rules=rules,
        signals=tuple(in_order),
        dismissed=tuple(each for each in fired if each.dismissed_at is not None),
        hides_some=bool(hiding),
        nameless=tuple(hiding[each] for each in lacking if each is not None),
    )


def count_signals(
    session: Session, actor: Actor, rules: tuple[SignalRule, ...], now: datetime
) -> Mapping[str, SignalCount]:
    """How many signals these rules would give now, by kind, also where they are off (nine statements).

    Raises Forbidden for all but staff.
    """
    require_see(actor)
    facts = _collect(session, actor, list_begun(session, actor, now), now)
    dismissals = _dismissals(session, actor)
    counts = {}
    for kind, fired in find_of_each(facts, rules).items():
        dismissed = sum(_is_dismissed(each, dismissals) for each in fired)
        counts[kind] = SignalCount(len(fired) - dismissed, dismissed)
    return counts


def count_fired(session: Session, actor: Actor, now: datetime) -> int:
    """How many signals the course has now that are not dismissed (ten statements). Raises Forbidden for all but
    staff.
    """
    rules = get_signal_rules(session, actor).rules
    facts = _collect(session, actor, list_begun(session, actor, now), now)
    dismissals = _dismissals(session, actor)
    return sum(not _is_dismissed(each, dismissals) for each in find_signals(facts, rules))


def _collect(session: Session, actor: Actor, views: Sequence[DiscussionView], now: datetime) -> SignalFacts:
    return SignalFacts(
        now=now,
        discussions=tuple(_facts_of(view, actor, now) for view in views),
        students=list_participants(session, actor),
        posts=in_front_of_class(list_activity(session, actor, views)),
        opened=frozenset(collect_opened(session, views)),
        calendars=collect_own_calendars(session, views),
        readings=list_assigned_pages(session, views),
        cited=list_cited(session, actor, views),
    )


def _facts_of(view: DiscussionView, actor: Actor, now: datetime) -> DiscussionFacts:
    dates = [each for each in (view.class_calendar.first_post_due, view.class_calendar.replies_due) if each]
    is_current = view.state is State.OPEN and (not dates or now <= max(dates) + CURRENT_FOR)
    return DiscussionFacts(view.id, view.title, view.class_calendar, is_current, view.hides_names_from(actor))


_Dismissals = Mapping[str, tuple[str, datetime, str]]


def _dismissals(session: Session, actor: Actor) -> _Dismissals:
    """What was dismissed, by key: what it said, when and by whom."""
    rows = session.execute(
        select(
            SignalDismissal.key,
            SignalDismissal.state,
            SignalDismissal.dismissed_at,
            name_in_course(Person, actor.course_id),
        )
        .join(Person, Person.id == SignalDismissal.dismissed_by_id)
        .where(SignalDismissal.course_id == actor.course_id)
    )
    return {key: (state, at, name) for key, state, at, name in rows}


def _is_dismissed(fired: FiredSignal, dismissals: _Dismissals) -> bool:
    """Whether it says the same as when it was dismissed."""
    return fired.key in dismissals and dismissals[fired.key][0] == fired.state


@dataclass(frozen=True)
class _Names:
    """What discussions and students are called."""

    titles: Mapping[int, str]
    hiding: Collection[int]
    """The discussions whose names are hidden."""
    pseudonyms: Mapping[tuple[int, int], tuple[str, str]]
    names: Mapping[int, str]

    def of(self, discussion_id: int, person_id: int) -> tuple[str, str]:
        """The name of a student there, and what pages call the student."""
        if discussion_id in self.hiding:
            return self.pseudonyms.get((discussion_id, person_id), ("", ""))
        return self.names.get(person_id, ""), str(person_id)


def _view(fired: FiredSignal, names: _Names, dismissals: _Dismissals) -> SignalView:
    here, whose = fired.discussion_id or 0, fired.person_id or 0
    is_hidden = here in names.hiding
    name, subject = names.of(here, whose)
    state, at, by = dismissals.get(fired.key, ("", None, ""))
    is_same = at is not None and state == fired.state
    return SignalView(
        kind=fired.kind,
        key=fired.key,
        token=f"{fired.kind}.{here}.{subject or 0}.{fired.reading_id or 0}",
        state=fired.state,
        says=fired.says,
        discussion_id=fired.discussion_id,
        discussion_title=names.titles.get(here, ""),
        person_id=None if is_hidden else fired.person_id,
        name=name,
        reading_id=fired.reading_id,
        evidence=fired.evidence,
        is_nameless=bool(is_hidden and whose and not name),
        dismissed_at=at if is_same else None,
        dismissed_by=by if is_same else "",
    )
