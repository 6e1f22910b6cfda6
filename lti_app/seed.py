"""The demonstration course: people, readings and a running discussion, written through the same actions as in life."""

import json
from collections.abc import Mapping
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from lti_app.core.resources import resource
from lti_app.courses.actions import VISIT_LENGTH, enroll
from lti_app.courses.rules import Actor, Role
from lti_app.discussions.actions import set_up_discussion
from lti_app.discussions.queries import get_discussion
from lti_app.discussions.rules import Calendar, SetUp
from lti_app.lti.seeding import find_deployment, is_linked, link_course, link_placements
from lti_app.people.actions import record_person
from lti_app.people.rules import Names
from lti_app.posts.actions import create_post
from lti_app.posts.queries import find_post_id
from lti_app.readings.actions import add_reading
from lti_app.rubrics.actions import copy_rubric

DAY_ENDS = time(23, 59, 59, 999_999)


def seed_demo_course(
    session: Session, *, issuer: str, client_id: str, deployment_id: str, time_zone: str, now: datetime
) -> bool:
    """Fill the course that the practice LMS knows; False, and nothing done, where it is there already."""
    course, content = _read("course.json"), _read("discussion.json")
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
    people = _enroll_everybody(session, course, issuer=issuer, course_id=course_id, now=now)
    titles = {placement["id"]: placement["title"] for placement in course["placements"]}
    discussions = link_placements(session, deployment=deployment, course_id=course_id, titles=titles, now=now)
    discussion_id = discussions[content["discussion"]["placement"]]
    zone = ZoneInfo(time_zone)
    opened = datetime.combine(
        now.astimezone(zone).date() + timedelta(days=content["discussion"]["opens_days"]), time.min, zone
    )
    _set_up(session, people, content, discussion_id=discussion_id, zone=zone, now=now, opened=opened)
    _write_posts(session, people, content["posts"], discussion_id=discussion_id, now=now)
    return True


def _read(name: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(resource("config", "demo", name).read_text(encoding="utf-8"))
    return content


def _enroll_everybody(
    session: Session, course: Mapping[str, Any], *, issuer: str, course_id: int, now: datetime
) -> dict[str, Actor]:
    actors = {}
    for person in course["people"]:
        names = Names(given=person["given_name"], family=person["family_name"], email=person["email"])
        person_id = record_person(session, issuer=issuer, sub=person["id"], names=names, now=now)
        role = Role(person["role"])
        enroll(session, course_id=course_id, person_id=person_id, role=role, now=now)
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


def _set_up(
    session: Session,
    people: Mapping[str, Actor],
    content: Mapping[str, Any],
    *,
    discussion_id: int,
    zone: ZoneInfo,
    now: datetime,
    opened: datetime,
) -> None:
    plan = content["discussion"]
    instructor = next(actor for actor in people.values() if actor.role is Role.INSTRUCTOR)
    records = [{field: value for field, value in record.items() if field != "key"} for record in content["readings"]]
    readings = tuple(add_reading(session, instructor, record, opened) for record in records)
    today = now.astimezone(zone).date()
    dates = {
        name: datetime.combine(today + timedelta(days=plan[f"{key}_days"]), DAY_ENDS, zone)
        for name, key in (("first_post_due", "first_post_due"), ("replies_due", "replies_due"), ("closes_at", "closes"))
    }
    set_up = SetUp(
        title=plan["title"],
        prompt=plan["prompt"],
        points=Decimal(plan["points"]),
        calendar=Calendar(opens_at=opened, **dates),
        first_post_words=plan["first_post_words"],
        replies_wanted=plan["replies_wanted"],
        reply_words=plan["reply_words"],
        post_first=plan["post_first"],
        reading_ids=readings,
        required_ids=frozenset(readings),
    )
    discussion = set_up_discussion(session, instructor, discussion_id, set_up=set_up, version=0, now=opened)
    copy_rubric(session, discussion)


def _write_posts(
    session: Session, people: Mapping[str, Actor], posts: list[dict[str, Any]], *, discussion_id: int, now: datetime
) -> None:
    ids: dict[str, int] = {}
    for post in posts:
        actor, written = people[post["by"]], now - timedelta(hours=post["hours_ago"])
        discussion = get_discussion(session, actor, discussion_id, now=written)
        parent_id = ids.get(post.get("reply_to", ""))
        address = create_post(session, actor, discussion, text=post["text"], parent_id=parent_id, now=written)
        ids[post["id"]] = find_post_id(session, discussion, address)
