"""The demonstration course: people, readings and a running discussion, written through the same actions as in life."""

import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from lti_app.core.prose import to_html
from lti_app.core.resources import resource
from lti_app.course.courses.actions import record_member
from lti_app.course.courses.rules import VISIT_LENGTH, Actor, Role
from lti_app.course.people.rules import Identity, Names
from lti_app.discussion.discussions.actions.reserve import reserve_discussion
from lti_app.discussion.discussions.queries.discussion import DiscussionView, get_discussion
from lti_app.discussion.discussions.rules import (
    Calendar,
    DiscussionSettings,
    Move,
    StanceQuestion,
    StoredRequirements,
    Structure,
)
from lti_app.discussion.moderation.actions import change_post, report_post
from lti_app.discussion.moderation.rules import ModerationAction, ReportReason
from lti_app.discussion.posts.rules.citing import Cited
from lti_app.discussion.posts.rules.formats import Format
from lti_app.discussion.posts.rules.quoting import quoted_passage
from lti_app.discussion.posts.rules.written import PostContent
from lti_app.discussion.publishing.actions.publish import Published, publish
from lti_app.discussion.read_state.actions import record_first_opening
from lti_app.discussion.stances.actions import answer_stance
from lti_app.exchange.exporting.rules.pdf import typeset
from lti_app.grading.assessments.actions.grading import assess, release
from lti_app.grading.rubrics.actions.settings import save_graded_settings
from lti_app.grading.rubrics.queries import get_rubric
from lti_app.grading.rubrics.rules.criteria import CriterionMark
from lti_app.library.files.actions import store_file
from lti_app.library.files.ports import Storage
from lti_app.library.files.queries import read_pages
from lti_app.library.files.rules import Purpose, Right, Rights
from lti_app.library.passages.actions import store_text
from lti_app.library.passages.rules import Page, TextStorage
from lti_app.library.readings.actions.file import set_reading_file
from lti_app.library.readings.actions.passages import find_or_add_passage
from lti_app.library.readings.actions.progress import mark_read, record_opening, record_position
from lti_app.library.readings.actions.records import add_reading
from lti_app.lti.seeding import find_deployment, is_linked, link_course, link_placements
from lti_app.notices.preferences.actions import choose_preferences
from lti_app.notices.preferences.rules import Frequency, MailPreferences
from lti_app.participation.requirements.early import EarlyRule
from lti_app.participation.requirements.points import PointsUse
from lti_app.participation.requirements.registry import to_stored
from lti_app.participation.requirements.terms import OwnTerms
from lti_app.participation.signals.actions import save_signal_rules
from lti_app.participation.signals.rules.not_opened import NotOpened
from lti_app.participation.signals.rules.registry import KIND_OF, SignalRule, rules_from_stored

DAY_ENDS = time(23, 59, 59, 999_999)
JOINED_AGO = timedelta(weeks=6)
"""When everybody joined the course."""


@dataclass(frozen=True)
class _Class:
    """The course as far as it is seeded: what every discussion of it needs."""

    session: Session
    people: Mapping[str, Actor]
    """By their short keys."""
    readings: Mapping[str, int]
    """Their ids, by short keys."""
    discussions: Mapping[str, int]
    """Their ids, by the placements that open them."""
    now: datetime
    zone: ZoneInfo

    @property
    def instructor(self) -> Actor:
        """Whose course it is."""
        return next(actor for actor in self.people.values() if actor.role is Role.INSTRUCTOR)

    def before(self, hours: float) -> datetime:
        """The moment so many hours ago."""
        return self.now - timedelta(hours=hours)

    def day(self, days: int, at: time) -> datetime:
        """A time of the day so many days from today, where the class is."""
        return datetime.combine(self.now.astimezone(self.zone).date() + timedelta(days=days), at, self.zone)

    def enter(self, discussion_id: int, who: str, at: datetime) -> tuple[Actor, DiscussionView]:
        """Somebody, and the discussion as they see it at a moment."""
        actor = self.people[who]
        return actor, get_discussion(self.session, actor, discussion_id, now=at)


def seed_demo_course(
    session: Session,
    *,
    issuer: str,
    client_id: str,
    deployment_id: str,
    time_zone: str,
    now: datetime,
    storage: Storage | None = None,
    with_grades: bool = False,
) -> bool:
    """Fill the course that the practice LMS knows; False, and nothing done, where it is there already.

    With grades, some students are graded, some of their grades released and queued for the LMS, and there is an earlier
    week in which some were late and some did nothing.
    Without a storage, the instructor's notes have no file, and no quotation is checked against them.
    """
    course, week = _read("course.json"), _read("discussion.json")
    deployment = find_deployment(session, issuer=issuer, client_id=client_id, deployment_id=deployment_id)
    if is_linked(session, deployment=deployment, context_id=course["id"]):
        return False
    course_id = link_course(
        session,
        deployment=deployment,
        context_id=course["id"],
        title=course["title"],
        label=course["label"],
        time_zone=time_zone,
        now=now,
    )
    people = _enroll_everybody(session, course, named_by=(issuer, client_id), course_id=course_id, now=now)
    titles = {placement["id"]: placement["title"] for placement in course["placements"]}
    discussions = link_placements(session, deployment=deployment, course_id=course_id, titles=titles, now=now)
    made = _Class(session, people, {}, discussions, now, ZoneInfo(time_zone))
    made = replace(made, readings=_add_readings(made, week["readings"]))
    if storage is not None:
        _give_notes(made, storage)
    for content in (week, _read("questions.json")):
        _hold_discussion(made, content)
    _record_progress(made, week["progress"])
    _choose_signals(made, week, discussions[week["discussion"]["placement"]])
    if with_grades:
        _hold_earlier_week(made)
        _grade(made, week["grades"], discussions[week["discussion"]["placement"]])
    for actor in people.values():  # so that the demonstration shows a mail soon after what caused it
        choose_preferences(session, actor, MailPreferences(Frequency.AT_ONCE), now=now)
    return True


def _read(name: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(resource("config", "demo", name).read_text(encoding="utf-8"))
    return content


def _enroll_everybody(
    session: Session, course: Mapping[str, Any], *, named_by: tuple[str, str], course_id: int, now: datetime
) -> dict[str, Actor]:
    actors = {}
    for person in course["people"]:
        names = Names(given=person["given_name"], family=person["family_name"], email=person["email"])
        role = Role(person["role"])
        identity = Identity(*named_by, person["id"])
        person_id = record_member(
            session, course_id=course_id, identity=identity, names=names, role=role, now=now - JOINED_AGO
        )
        actors[person["key"]] = Actor(
            person_id=person_id,
            course_id=course_id,
            role=role,
            name=person["given_name"],
            course_title=course["title"],
            time_zone="UTC",
            frame_origins=(),
            expires_at=now + VISIT_LENGTH,
        )
    return actors


def _add_readings(course: _Class, records: list[dict[str, Any]]) -> dict[str, int]:
    opened = course.day(-6, time.min)
    return {
        record["key"]: add_reading(
            course.session,
            course.instructor,
            {field: value for field, value in record.items() if field != "key"},
            opened,
        )
        for record in records
    }


def _give_notes(course: _Class, storage: Storage) -> None:
    """Typeset the instructor's notes, let the class read them, and check quotations against them."""
    reading_id, given = course.readings["notes"], course.day(-6, time.min)
    made = typeset(resource("config", "demo", "notes.typ").read_bytes(), {})
    file = store_file(
        course.session,
        course.instructor,
        storage,
        io.BytesIO(made),
        name="notes-for-the-week.pdf",
        purpose=Purpose.READING,
        rights=Rights(Right.OWN_WORK),
        now=given,
    )
    set_reading_file(course.session, course.instructor, reading_id, file_id=file.id, now=given)
    pages = [Page(label, words) for label, words in read_pages(storage, file)]
    store_text(course.session, course.instructor, reading_id, pages, stored_as=TextStorage.HASHES, now=given)


def _hold_discussion(course: _Class, content: Mapping[str, Any]) -> None:
    """One discussion with all that has happened in it."""
    discussion_id = course.discussions[content["discussion"]["placement"]]
    _set_up(course, content["discussion"], discussion_id)
    posts: dict[str, Published] = {}
    for post in content["posts"]:
        posts[post["id"]] = _write(course, post, discussion_id, posts.get(post.get("reply_to", "")))
    for action in content.get("moderation", ()):
        at = course.before(action["hours_ago"])
        actor, discussion = course.enter(discussion_id, action["by"], at)
        change_post(
            course.session, actor, discussion, posts[action["post"]].id, ModerationAction(action["action"]), now=at
        )
    for report in content.get("reports", ()):
        at, reason = course.before(report["hours_ago"]), ReportReason(report["reason"])
        actor, discussion = course.enter(discussion_id, report["by"], at)
        about: dict[str, Any] = {"reason": reason, "words": report["words"], "now": at}
        report_post(course.session, actor, discussion, posts[report["post"]].id, **about)
    _take_stances(course, content.get("stances", ()), posts, discussion_id)


def _hold_earlier_week(course: _Class) -> None:
    """A week that is over but for late work; no activity of the practice LMS opens it."""
    content, opened = _read("earlier.json"), course.day(-14, time.min)
    title = content["discussion"]["title"]
    reserved = reserve_discussion(course.session, course_id=course.instructor.course_id, title=title, now=opened)
    _hold_discussion(replace(course, discussions={"earlier": reserved}), content)


def _grade(course: _Class, grades: Sequence[Mapping[str, Any]], discussion_id: int) -> None:
    """Grade some students; a level is its place in the criterion, 0 for the best."""
    grader = course.instructor
    discussion = get_discussion(course.session, grader, discussion_id, now=course.now)
    criteria = get_rubric(course.session, discussion).criteria
    for grade in grades:
        comments = {int(place): words for place, words in grade["comments"].items()}
        marks = {
            criterion.id: CriterionMark(criterion.levels[level].id, comment=comments.get(place, ""))
            for place, (criterion, level) in enumerate(zip(criteria, grade["levels"], strict=False))
        }
        student = course.people[grade["student"]].person_id
        about: dict[str, Any] = {"marks": marks, "comment": grade["comment"], "version": 0, "now": course.now}
        assess(course.session, grader, discussion, student, **about)
        if grade["released"]:
            release(course.session, grader, discussion, student, now=course.now)


def _set_up(course: _Class, plan: Mapping[str, Any], discussion_id: int) -> None:
    opened = course.day(plan["opens_days"], time.min)
    dates = {
        name: course.day(plan[f"{key}_days"], DAY_ENDS)
        for name, key in (("first_post_due", "first_post_due"), ("replies_due", "replies_due"), ("closes_at", "closes"))
    }
    settings = DiscussionSettings(
        title=plan["title"],
        prompt=plan["prompt"],
        points=Decimal(plan["points"]),
        calendar=Calendar(opens_at=opened, **dates),
        requirements=_required(plan),
        post_first=plan["post_first"],
        reading_ids=tuple(course.readings[key] for key in plan.get("readings", course.readings)),
        required_ids=frozenset(course.readings[key] for key in plan["required"]),
        structure=Structure(plan.get("structure", Structure.WHOLE_CLASS)),
        stance=StanceQuestion(**plan["stance"]) if "stance" in plan else None,
    )
    about: dict[str, Any] = {"settings": settings, "version": 0, "now": opened}
    save_graded_settings(course.session, course.instructor, discussion_id, **about)


def _required(plan: Mapping[str, Any]) -> StoredRequirements:
    """What a discussion requires: what is optional, the points of some, the protection of those who post early, and the
    name of the gradebook column of the points.
    """
    points, optional = plan.get("points_of", {}), plan.get("optional", ())
    own = {
        kind: OwnTerms(is_optional=kind in optional, points=Decimal(points.get(kind, 0)))
        for kind in {*points, *optional}
    }
    early, use = EarlyRule(plan.get("early_others", 0)), PointsUse(column=plan.get("points_column", ""))
    return to_stored(plan["requirements"], own, early, use)


def _write(course: _Class, post: Mapping[str, Any], discussion_id: int, parent: Published | None = None) -> Published:
    at = course.before(post["hours_ago"])
    actor, discussion = course.enter(discussion_id, post["by"], at)
    written = PostContent(
        post["text"], move=Move(post["move"]) if "move" in post else None, title=post.get("title", "")
    )
    if "passage" in post:
        written = replace(written, text=_with_passage(course, post, discussion), format=Format.HTML)
    about: dict[str, Any] = {"parent_id": parent.id if parent else None, "sellers": frozenset(), "now": at}
    return publish(course.session, actor, discussion, written, **about)


def _with_passage(course: _Class, post: Mapping[str, Any], discussion: DiscussionView) -> str:
    """The post as the editor would send it, beginning with words that were selected in a reading."""
    place = {name: value for name, value in post["passage"].items() if name != "reading"}
    reading = next(each for each in discussion.readings if each.id == course.readings[post["passage"]["reading"]])
    passage_id = find_or_add_passage(course.session, reading.id, **place)
    return quoted_passage(reading, Cited(reading.id, place["page"], "", passage_id), place["exact"]) + to_html(
        post["text"]
    )


def _take_stances(
    course: _Class, stances: Iterable[Mapping[str, Any]], posts: Mapping[str, Published], discussion_id: int
) -> None:
    """Everybody's answer before they wrote, and that of some after they had read."""
    for stance in stances:
        actor, discussion = course.enter(discussion_id, stance["by"], course.now)
        first: dict[str, Any] = {"again": False, "now": course.before(119)}
        answer_stance(course.session, actor, discussion, stance["before"], **first)
        if "after" in stance:
            moved_by = posts[stance["moved_by"]].address
            again: dict[str, Any] = {"again": True, "moved_by": moved_by, "now": course.before(2)}
            answer_stance(course.session, actor, discussion, stance["after"], **again)


def _choose_signals(course: _Class, content: Mapping[str, Any], discussion_id: int) -> None:
    """Those who answered the poll or read something have opened the discussion; of the others the instructor wants to
    hear two days before the first post is due."""
    answered = [stance["by"] for stance in content["stances"]]
    have_read = [who for so_far in content["progress"].values() for each in so_far.values() for who in each]
    for who in sorted({*answered, *have_read}):
        record_first_opening(course.session, *course.enter(discussion_id, who, course.before(24)))
    hours = SignalRule(KIND_OF[NotOpened.name], is_on=True, numbers={"hours": 48})
    rules = tuple(hours if rule.kind.name == NotOpened.name else rule for rule in rules_from_stored({}))
    save_signal_rules(course.session, course.instructor, rules, version=0)


def _record_progress(course: _Class, progress: Mapping[str, Mapping[str, Any]]) -> None:
    """How far some students have got in the readings."""
    session = course.session
    for key, so_far in progress.items():
        reading_id = course.readings[key]
        for who in so_far["opened"]:
            record_opening(session, course.people[who], reading_id, course.before(30))
        for who, page in so_far["stopped"].items():
            record_position(session, course.people[who], reading_id, course.before(50), page=page)
        for who in so_far["read"]:
            mark_read(session, course.people[who], reading_id, course.before(70), read=True)
