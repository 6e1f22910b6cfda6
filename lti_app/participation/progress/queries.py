"""The participation of students, derived from their posts; never stored."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache, lru_cache
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from lti_app.core.digests import digest_of
from lti_app.course.courses.rules import Actor
from lti_app.discussion.changes.rules import Source
from lti_app.discussion.discussions.access import DiscussionPermission, require
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.discussion.discussions.queries.extensions import (
    collect_calendars,
    collect_later_dates,
    collect_later_dates_in,
)
from lti_app.discussion.discussions.rules import Calendar, StoredRequirements
from lti_app.discussion.posts.access import PostPermission, may
from lti_app.discussion.posts.queries.gate import with_own_post
from lti_app.discussion.reviewing.queries.allocation import read_plan
from lti_app.discussion.reviewing.rules.plans import terms_for
from lti_app.participation.changes.queries import Change, DerivedResults
from lti_app.participation.changes.rules import sources_of
from lti_app.participation.contributions.queries.activity import ClassActivity, collect_activity
from lti_app.participation.contributions.queries.posts import (
    NO_POSTS,
    PostsOfPeople,
    collect_own_posts,
    collect_posts,
    collect_posts_in,
)
from lti_app.participation.progress.rules import ClassVerdicts, ResultsOfPeople, Told, size_of
from lti_app.participation.requirements.base import Terms
from lti_app.participation.requirements.evaluation import Requirements, Verdicts, evaluate
from lti_app.participation.requirements.facts import NO_ACTIVITY, ActivityFacts, PostFacts
from lti_app.participation.requirements.registry import early_from_stored, from_stored, use_from_stored
from lti_app.participation.versions.queries import class_terms

MOST_VERDICTS = 4_000
"""Of people that one process keeps: eight discussions of 500 students or 130 of 30. About 7 MB, and 2 MB for what
tables show of them.
"""


@dataclass(frozen=True)
class Participation:
    """A student's posts, the requirements, and the result."""

    calendar: Calendar
    """The student's own dates."""
    requirements: Requirements
    zone: ZoneInfo
    """The course's time zone."""
    facts: tuple[PostFacts, ...]
    verdicts: Verdicts
    activity: ActivityFacts = NO_ACTIVITY
    """What the student did besides writing posts, as far as the requirements need it."""


def requirements_of(discussion: DiscussionView, calendar: Calendar | None = None) -> Requirements:
    """The requirements of a discussion, with the actor's dates or those of another student."""
    own = calendar or discussion.calendar
    reviews = terms_for(read_plan(discussion), discussion.class_calendar, own) if discussion.has_reviews else None
    terms = replace(class_terms(discussion), calendar=own, reviews=reviews)
    stored = _Stored(json.dumps(discussion.requirements, default=repr), discussion.requirements)
    return _requirements(stored, terms, discussion.rule_version)


@dataclass(frozen=True)
class _Stored:
    """Stored requirements, which are the same where their text is."""

    text: str
    entries: StoredRequirements = field(compare=False)


@lru_cache(maxsize=128)
def _requirements(stored: _Stored, terms: Terms, version: int) -> Requirements:
    """Made once of the same: a page asks for them several times, and so does the next page of the same reader."""
    entries = stored.entries
    return Requirements(from_stored(entries, terms), early_from_stored(entries), use_from_stored(entries), version)


def get_participation(
    session: Session, actor: Actor, discussion: DiscussionView, person_id: int | None = None, *, now: datetime
) -> Participation:
    """The participation of a student in a discussion, by their own dates: the actor's, or for staff that of any
    student.

    The author of a replied-to post is named only if the actor may read that post. One statement; one more for staff if
    anybody has an extension, and one for each kind of fact that the requirements need besides posts.
    """
    whose = person_id if person_id is not None and actor.is_staff else actor.person_id
    calendar = collect_calendars(session, discussion).get(whose, discussion.calendar)
    facts = tuple(collect_posts(session, discussion, whose, viewer=actor).get(whose, ()))
    has_posted = any(not (fact.deleted or fact.is_reply) for fact in facts)
    if not may(actor, PostPermission.READ, with_own_post(discussion, has_posted=has_posted)):
        facts = tuple(fact._replace(parent_author="") for fact in facts)
    requirements = requirements_of(discussion, calendar)
    found = collect_activity(session, {discussion.id: [requirements]}, whose)
    activity = found.of(discussion.id, whose, requirements.of_first_post.words)
    verdicts = evaluate(requirements, facts, now, discussion.zone, activity=activity)
    return Participation(calendar, requirements, discussion.zone, facts, verdicts, activity)


def sources_for(discussion: DiscussionView) -> frozenset[Source]:
    """What participation in a discussion is counted from."""
    return sources_of(requirements_of(discussion).needs)


_derived: DerivedResults[ClassVerdicts] = DerivedResults(MOST_VERDICTS, size_of)


def collect_class_verdicts(
    session: Session, actor: Actor, discussion: DiscussionView, *, now: datetime
) -> Callable[[int], Verdicts]:
    """The result of anybody in the class by person id, by their own dates (one statement; one more if anybody has an
    extension; where anything has changed, two more and one for each kind of fact that the requirements need besides
    posts).

    Nobody is named in it. Raises Forbidden for all but graders.
    """
    return collect_class_results(session, actor, discussion, now=now).of


def collect_class_results(
    session: Session, actor: Actor, discussion: DiscussionView, *, now: datetime
) -> ClassVerdicts:
    """The same as one object, which stays the same as long as nothing changes. Raises Forbidden for all but graders."""
    require(actor, DiscussionPermission.GRADE)

    def derive(changes: Mapping[int, Change[ClassVerdicts]]) -> dict[int, ClassVerdicts]:
        change = changes[discussion.id]
        work = collect_class_work(session, actor, change.basis.view, extended=change.basis.extended)
        return {discussion.id: ClassVerdicts(*work.told(change, lambda verdicts: verdicts))}

    return _derived.collect(session, [discussion], sources_for, derive, now=now)[discussion.id].as_of(now)


@dataclass(frozen=True)
class ClassWork:
    """What everybody in a class did in a discussion, to be judged by its requirements or by others."""

    facts: PostsOfPeople
    extended: Mapping[int, Calendar]
    """The dates of those who have an extension."""
    activities: ClassActivity
    discussion_id: int = 0

    @property
    def people(self) -> frozenset[int]:
        """Those whose result may be another than that of somebody who has done nothing by the dates of the class."""
        return self.activities.people_in(self.discussion_id) | self.facts.keys() | self.extended.keys()

    def told(
        self, change: Change[ResultsOfPeople[Told]], tell: Callable[[Verdicts], Told]
    ) -> tuple[Told, dict[int, Told], dict[int, bytes]]:
        """What is told of somebody who has done nothing, and of all others by person id, each with the digest of what
        it follows from. Of whoever has done the same as before the change, by the same dates, it is what was told then.
        """
        before, digests = change.before, {each: self._digest_of(each) for each in self.people}
        verdicts_of = self.judged(change.basis.view, now=change.moment)
        same = {each: before.of_same(each, digest) for each, digest in digests.items()} if before else {}
        of_people = {each: tell(verdicts_of(each)) if (kept := same.get(each)) is None else kept for each in digests}
        return before.of_nothing if before else tell(verdicts_of(0)), of_people, digests

    def _digest_of(self, person_id: int) -> bytes:
        """Of all from which one person's result follows, besides the rule, the dates of the class and the moment."""
        activity, extended = self.activities.as_stored(self.discussion_id, person_id), self.extended.get(person_id)
        return digest_of((self.facts.as_stored(person_id), activity, extended))

    def judged(self, discussion: DiscussionView, *, now: datetime) -> Callable[[int], Verdicts]:
        """The result of anybody by person id, by the requirements and the class dates that the view has."""

        @cache
        def required(calendar: Calendar) -> Requirements:
            return requirements_of(discussion, calendar)

        @cache
        def of_nothing(calendar: Calendar) -> Verdicts:
            return evaluate(required(calendar), (), now, discussion.zone)

        def verdicts_of(person_id: int) -> Verdicts:
            extended = self.extended.get(person_id)
            calendar = discussion.class_calendar if extended is None else discussion.class_calendar.extended(extended)
            own = self.facts.get(person_id, ())
            if not own and not self.activities.has(discussion.id, person_id):
                return of_nothing(calendar)
            requirements = required(calendar)
            activity = self.activities.of(discussion.id, person_id, requirements.of_first_post.words)
            return evaluate(requirements, own, now, discussion.zone, activity=activity)

        return verdicts_of


def collect_class_work(
    session: Session,
    actor: Actor,
    discussion: DiscussionView,
    *,
    others: Sequence[Requirements] = (),
    person_id: int | None = None,
    extended: Mapping[int, Calendar] | None = None,
) -> ClassWork:
    """What everybody in the class did, or one student, as far as the requirements of the discussion or any `others`
    need it (one statement; one more if anybody has an extension, and one for each kind of fact that the requirements
    need besides posts).

    `extended` are the dates of extensions by person id, where they are known already. Nobody is named in it. Raises
    Forbidden for all but graders.
    """
    facts = collect_class_facts(session, actor, discussion, person_id)
    activities = collect_activity(session, {discussion.id: [requirements_of(discussion), *others]}, person_id)
    later = collect_later_dates(session, discussion) if extended is None else extended
    return ClassWork(facts, later, activities, discussion.id)


def collect_term_verdicts(
    session: Session, actor: Actor, views: Sequence[DiscussionView], person_id: int, *, now: datetime
) -> dict[int, Verdicts]:
    """The result of one student in each of these discussions, by discussion id (one statement, and one for each kind of
    fact that any requirement needs besides posts).

    The views have the student's own dates, and their readings. Nobody is named in it. Raises Forbidden for all but the
    student and graders.
    """
    if person_id != actor.person_id:
        require(actor, DiscussionPermission.GRADE)
    facts = collect_own_posts(session, actor, person_id)
    required = {view.id: requirements_of(view) for view in views}
    found = collect_activity(session, {each: [asked] for each, asked in required.items()}, person_id)

    def judged(view: DiscussionView) -> Verdicts:
        activity = found.of(view.id, person_id, required[view.id].of_first_post.words)
        return evaluate(required[view.id], facts.get(view.id, ()), now, view.zone, activity=activity)

    return {view.id: judged(view) for view in views}


def collect_course_work(
    session: Session,
    actor: Actor,
    views: Sequence[DiscussionView],
    *,
    extended: Mapping[int, Mapping[int, Calendar]] | None = None,
) -> dict[int, ClassWork]:
    """What the class has done in each of these discussions, by discussion id (one statement; one more if anybody has an
    extension, and one for each kind of fact that any requirement needs besides posts).

    The views are those of staff, with their readings; of two views of a discussion, the work is enough to judge by
    either. `extended` are the dates of extensions, by discussion and person id, where they are known already. Nobody is
    named in it. Raises Forbidden for all but graders.
    """
    require(actor, DiscussionPermission.GRADE)
    posts = collect_posts_in(session, actor, [*{view.id for view in views}]) if views else {}
    later = collect_later_dates_in(session, views) if extended is None else extended
    required: dict[int, list[Requirements]] = {}
    for view in views:
        required.setdefault(view.id, []).append(requirements_of(view))
    activities = collect_activity(session, required)
    return {
        view.id: ClassWork(posts.get(view.id, NO_POSTS), later.get(view.id, {}), activities, view.id) for view in views
    }


def collect_class_facts(
    session: Session, actor: Actor, discussion: DiscussionView, person_id: int | None = None
) -> PostsOfPeople:
    """What requirements need to know of the posts of everybody, or of one person, by person id (one statement).

    Nobody is named in it. Raises Forbidden for all but graders.
    """
    require(actor, DiscussionPermission.GRADE)
    return collect_posts(session, discussion, person_id)
