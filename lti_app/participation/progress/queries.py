"""The participation of students, derived from their posts; never stored."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache, lru_cache
from itertools import groupby
from operator import itemgetter
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, String, bindparam, case, cast, func, literal, select
from sqlalchemy.orm import Session

from lti_app.core.db import Id, alias_of
from lti_app.core.statements import fetch_tuples
from lti_app.core.watched import WatchedMoment
from lti_app.course.courses.rules import Actor
from lti_app.course.people.models import Person
from lti_app.discussion.changes.rules import Source
from lti_app.discussion.discussions.access import DiscussionPermission, require
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.discussion.discussions.queries.extensions import (
    collect_calendars,
    collect_later_dates,
    collect_later_dates_in,
)
from lti_app.discussion.discussions.rules import Calendar
from lti_app.discussion.posts.access import PostPermission, may
from lti_app.discussion.posts.models import Post, Revision
from lti_app.discussion.posts.queries.gate import with_own_post
from lti_app.discussion.posts.rules.authors import author_key
from lti_app.discussion.reviewing.queries.allocation import read_plan
from lti_app.discussion.reviewing.rules.plans import terms_for
from lti_app.discussion.visibility.queries import (
    DISCUSSION,
    ViewerKind,
    aside,
    author_name_for,
    not_deleted,
    viewer_kind,
    viewer_values,
    visible_to,
)
from lti_app.participation.changes.queries import Basis, DerivedResults
from lti_app.participation.changes.rules import sources_of
from lti_app.participation.contributions.queries import ClassActivity, collect_activity
from lti_app.participation.progress.rules import ClassVerdicts, size_of
from lti_app.participation.requirements.evaluation import Requirements, Verdicts, evaluate
from lti_app.participation.requirements.facts import NO_ACTIVITY, SET_ASIDE, ActivityFacts, PostFacts, VersionFacts
from lti_app.participation.requirements.registry import early_from_stored, from_stored, use_from_stored
from lti_app.participation.versions.queries import class_terms

_PARENT = alias_of(Post)
_FACTS: tuple[Any, ...] = (
    Post.discussion_id,
    Post.id,
    Post.author_id,
    Post.address,
    Post.words,
    cast(Post.reading_ids, String),
    Post.placed_at,
    Post.edited_at,
    not_deleted(Post),
    Post.move,
    aside(Post),
    Post.group_id,
    func.coalesce(_PARENT.root_id, _PARENT.id),
)
_OF_PARENT = (_PARENT.author_id, _PARENT.by_staff, _PARENT.byline)
_EARLIER = (Revision.written_at, Revision.words, cast(Revision.reading_ids, String))

MOST_VERDICTS = 4_000
"""Of people that one process keeps: eight discussions of 500 students or 130 of 30. About 7 MB, and 2 MB for what
tables show of them.
"""

_TERM_FACTS: Select[Any] = (
    select(*_FACTS, *_OF_PARENT, literal(""), *_EARLIER)
    .outerjoin(_PARENT, _PARENT.id == Post.answered_id)
    .outerjoin(Revision, Revision.post_id == Post.id)
    .where(
        Post.course_id == bindparam("course_id", type_=Id),
        Post.author_id == bindparam("person_id", type_=Id),
        Post.byline.is_(None),
    )
    .order_by(Post.discussion_id, Post.id, Revision.version)
)

_COURSE_FACTS: Select[Any] = (
    select(*_FACTS, *_OF_PARENT, literal(""), *_EARLIER)
    .outerjoin(_PARENT, _PARENT.id == Post.answered_id)
    .outerjoin(Revision, Revision.post_id == Post.id)
    .where(
        Post.course_id == bindparam("course_id", type_=Id),
        Post.discussion_id.in_(bindparam("wanted", expanding=True)),
        Post.byline.is_(None),
    )
    .order_by(Post.id, Revision.version)
)


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
    terms, stored = replace(class_terms(discussion), calendar=own, reviews=reviews), discussion.requirements
    return Requirements(
        from_stored(stored, terms), early_from_stored(stored), use_from_stored(stored), discussion.rule_version
    )


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
    facts = tuple(_collect_facts(session, discussion, whose, viewer=actor).get(whose, ()))
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

    def derive(bases: Mapping[int, Basis], moments: Mapping[int, WatchedMoment]) -> dict[int, ClassVerdicts]:
        basis = bases[discussion.id]
        work = collect_class_work(session, actor, basis.view, extended=basis.extended)
        verdicts_of = work.judged(basis.view, now=moments[discussion.id])
        return {discussion.id: ClassVerdicts(verdicts_of(0), {each: verdicts_of(each) for each in work.people})}

    return _derived.collect(session, [discussion], sources_for, derive, now=now)[discussion.id].as_of(now)


@dataclass(frozen=True)
class ClassWork:
    """What everybody in a class did in a discussion, to be judged by its requirements or by others."""

    facts: Mapping[int, list[PostFacts]]
    extended: Mapping[int, Calendar]
    """The dates of those who have an extension."""
    activities: ClassActivity
    discussion_id: int = 0

    @property
    def people(self) -> frozenset[int]:
        """Those whose result may be another than that of somebody who has done nothing by the dates of the class."""
        return self.activities.people_in(self.discussion_id) | self.facts.keys() | self.extended.keys()

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
    rows = fetch_tuples(session, _TERM_FACTS, {"course_id": actor.course_id, "person_id": person_id})
    facts: dict[int, list[PostFacts]] = {}
    for (discussion_id, _id), versions in groupby(rows, key=itemgetter(0, 1)):
        facts.setdefault(discussion_id, []).append(_facts_of(list(versions)))
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
    facts: dict[int, dict[int, list[PostFacts]]] = {}
    if views:
        values = {"course_id": actor.course_id, "wanted": [view.id for view in views]}
        rows = fetch_tuples(session, _COURSE_FACTS, values)
        for (discussion_id, _id, author_id), versions in groupby(rows, key=itemgetter(0, 1, 2)):
            facts.setdefault(discussion_id, {}).setdefault(author_id, []).append(_facts_of(list(versions)))
    later = collect_later_dates_in(session, views) if extended is None else extended
    required: dict[int, list[Requirements]] = {}
    for view in views:
        required.setdefault(view.id, []).append(requirements_of(view))
    activities = collect_activity(session, required)
    return {view.id: ClassWork(facts.get(view.id, {}), later.get(view.id, {}), activities, view.id) for view in views}


def collect_class_facts(
    session: Session, actor: Actor, discussion: DiscussionView, person_id: int | None = None
) -> dict[int, list[PostFacts]]:
    """What requirements need to know of the posts of everybody, or of one person, by person id (one statement).

    Nobody is named in it. Raises Forbidden for all but graders.
    """
    require(actor, DiscussionPermission.GRADE)
    return _collect_facts(session, discussion, person_id)


def _collect_facts(
    session: Session, discussion: DiscussionView, person_id: int | None = None, *, viewer: Actor | None = None
) -> dict[int, list[PostFacts]]:
    """The posts of each person, oldest first. Authors of replied-to posts have the names that the viewer sees; they
    have none without a viewer, or if that post does not exist for the viewer.

    Imported posts count for nobody, not even for the person who imported them, but replies to them count.
    """
    kind = viewer_kind(viewer, discussion).in_any_group if viewer else None
    values = viewer_values(viewer, discussion) if viewer else {"discussion_id": discussion.id}
    rows = fetch_tuples(session, _class_facts(kind, of_one=person_id is not None), {**values, "person_id": person_id})
    facts: dict[int, list[PostFacts]] = {}
    for (_id, author_id), versions in groupby(rows, key=itemgetter(1, 2)):
        facts.setdefault(author_id, []).append(_facts_of(list(versions)))
    return facts


@cache
def _class_facts(kind: ViewerKind | None, *, of_one: bool) -> Select[Any]:
    wanted = [Post.discussion_id == DISCUSSION, Post.byline.is_(None)]
    if of_one:
        wanted.append(Post.author_id == bindparam("person_id"))
    name: ColumnElement[str] = literal("")
    if kind:
        name = case((visible_to(_PARENT, kind), author_name_for(_PARENT, kind)), else_="")
    return (
        select(*_FACTS, *_OF_PARENT, name, *_EARLIER)
        .outerjoin(_PARENT, _PARENT.id == Post.answered_id)
        .outerjoin(Person, Person.id == _PARENT.author_id)
        .outerjoin(Revision, Revision.post_id == Post.id)
        .where(*wanted)
        .order_by(Post.number, Revision.version)
    )


@lru_cache(maxsize=4096)
def _ids_in(stored: str) -> frozenset[int]:
    """The ids in a list as it is stored: a class cites few different sets of readings in thousands of posts."""
    return frozenset(json.loads(stored))


def _facts_of(rows: list[Any]) -> PostFacts:
    """A post, from one row for each earlier version, or from its only row."""
    first: tuple[Any, ...] = rows[0]
    _discussion_id, post_id, author_id, address, words, readings, created, edited, stands, move, set_aside = first[:11]
    group_id, thread_id, answered_id, by_staff, byline, name, first_written_at = first[11:18]
    if answered_id is not None:
        answered_id = author_key(answered_id, byline)
    latest = VersionFacts(edited or created, words, _ids_in(readings))
    versions: tuple[VersionFacts, ...] = (latest,)
    if first_written_at is not None:
        versions = (*(VersionFacts(row[-3], row[-2], _ids_in(row[-1])) for row in rows), latest)
    return PostFacts(
        post_id,
        address,
        versions,
        parent_author_id=answered_id,
        parent_author=name or "",
        answers_self=answered_id == author_id,
        answers_staff=bool(by_staff) and byline is None,
        deleted=not stands,
        aside=SET_ASIDE[set_aside] if set_aside else None,
        move=move,
        thread_id=thread_id,
        of_group=group_id,
    )
