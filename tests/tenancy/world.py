"""The same things in four places: a discussion, another of the same course, another course, another deployment."""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from obstore.store import MemoryStore
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_app.course.courses.actions import create_course, open_visit
from lti_app.course.courses.rules import Actor, Role
from lti_app.course.groups.actions import make_group, place_students
from lti_app.discussion.discussions.actions.extensions import extend
from lti_app.discussion.discussions.models import Extension, Pseudonym
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.discussion.discussions.rules import Anonymity, Calendar
from lti_app.discussion.drafts.actions import save_draft
from lti_app.discussion.drafts.models import Draft
from lti_app.discussion.drafts.rules import FIRST_POST, DraftContent, DraftKind, DraftPlace
from lti_app.discussion.reactions.actions import set_like
from lti_app.exchange.importing.rules.prepare import ImportFile
from lti_app.grading.assessments.actions.grading import release
from lti_app.grading.assessments.actions.reopening import ask_second_look
from lti_app.grading.comments.actions import save_comment
from lti_app.grading.graders.actions.assigning import assign_grader
from lti_app.grading.graders.queries.assignments import list_assigned
from lti_app.grading.graders.rules.blind import BlindPurpose
from lti_app.grading.marking.actions.rows import begin_marking
from lti_app.grading.reviews.queries.overview import get_review_table
from lti_app.grading.rubrics.actions.library import create_rubric
from lti_app.grading.rubrics.queries import get_rubric
from lti_app.grading.rubrics.rules.ready import DEFAULT_RUBRIC
from lti_app.library.files.actions import store_file
from lti_app.library.files.rules import Purpose, Right, Rights
from lti_app.library.readings.actions.passages import find_or_add_passage
from lti_app.library.readings.actions.progress import record_opening
from lti_app.storage.bucket import BucketStorage
from tests import cast as people
from tests.cast import FRAME, MONDAY, Cast
from tests.factories import files
from tests.factories.discussions import PAID, WEEK, set_up
from tests.factories.grades import comment_on, mark
from tests.factories.imports import preview
from tests.factories.notices import notify
from tests.factories.posts import write
from tests.factories.readings import add_readings
from tests.factories.reviews import assign, plan_reviews, review

MADE_UP = 10**9
FILE = b"Author,Date,Text\nKim Lee,2026-02-02 10:00,Leaders cope with change.\n"
LATER = Calendar(first_post_due=WEEK.first_post_due + timedelta(days=1) if WEEK.first_post_due else None)


@dataclass(frozen=True)
class DiscussionIds:
    """One discussion, and the ids of what belongs to it or its course, by the name of the parameter that takes them."""

    discussion: DiscussionView
    ids: Mapping[str, int]


@dataclass(frozen=True)
class World:
    """`home` is where all calls are made; `foreign` has the other places, and one where nothing exists."""

    instructor: Actor
    student: Actor
    token: str
    """Of the instructor's visit."""
    home: DiscussionIds
    foreign: Mapping[str, Mapping[str, int]]


def make_world(session: Session, cast: Cast) -> World:
    """Furnish all places through the actions of life."""
    far_course = create_course(session, title="Far away", label="FAR", time_zone="UTC", now=MONDAY)
    far_instructor = people.arrive(session, far_course, "Fay Lund", Role.INSTRUCTOR, now=MONDAY)
    far_student = people.arrive(session, far_course, "Finn Falk", Role.STUDENT, now=MONDAY)
    home = _furnish(session, cast.ines, cast.ana)
    sibling = _in_a_discussion(session, cast.ines, cast.ben, home.ids["reading_id"])
    there = _furnish(session, cast.elsewhere, cast.stranger)
    in_both = people.arrive(session, cast.elsewhere.course_id, cast.ana.name, Role.STUDENT, now=MONDAY)
    record_opening(session, in_both, there.ids["reading_id"], MONDAY)
    far = _furnish(session, far_instructor, far_student)
    foreign = {
        "another discussion": sibling.ids,
        "another course": there.ids,
        "another deployment": far.ids,
        "nowhere": dict.fromkeys(home.ids, MADE_UP),
    }
    about = {"course_id": cast.course_id, "person_id": cast.ines.person_id, "role": Role.INSTRUCTOR}
    token = open_visit(session, **about, frame_origins=FRAME, now=MONDAY)
    return World(cast.ines, cast.ana, token, home, foreign)


def _furnish(session: Session, instructor: Actor, student: Actor) -> DiscussionIds:
    reading, _ = add_readings(session, instructor, MONDAY)
    place = _in_a_discussion(session, instructor, student, reading)
    set_like(session, instructor, place.discussion, place.ids["post_id"], wanted=True, now=MONDAY)
    attachment = _store(session, instructor, files.png(), Purpose.ATTACHMENT)
    group = make_group(session, instructor, "One")
    place_students(session, instructor, {student.person_id: group})
    passage = find_or_add_passage(session, reading, page="104")
    of_course = {
        "course_id": instructor.course_id,
        "discussion_id": place.discussion.id,
        "file_id": attachment,
        "grader_id": instructor.person_id,
        "group_id": group,
        "passage_id": passage,
        "person_id": student.person_id,
        "reading_file_id": _store(session, instructor, files.pdf(["x"]), Purpose.READING),
        "reading_id": reading,
        "notice_id": notify(session, instructor, now=MONDAY),
        "comment_id": save_comment(session, instructor, text="Well argued.", now=MONDAY),
        "library_rubric_id": create_rubric(session, instructor, DEFAULT_RUBRIC),
    }
    return DiscussionIds(place.discussion, {**place.ids, **of_course})


def _store(session: Session, owner: Actor, content: bytes, purpose: Purpose) -> int:
    storage = BucketStorage(MemoryStore(), prefix="files")
    rights = Rights(Right.OPEN_LICENCE, "CC BY 4.0") if purpose is Purpose.READING else None
    about = {"name": "a", "purpose": purpose, "rights": rights, "now": MONDAY}
    return store_file(session, owner, storage, io.BytesIO(content), **about).id


def _in_a_discussion(session: Session, instructor: Actor, student: Actor, reading_id: int) -> DiscussionIds:
    cited = {"reading_ids": (reading_id,), "required_ids": frozenset({reading_id})}
    discussion = set_up(session, instructor, MONDAY, anonymity=Anonymity.PEERS, **cited, **PAID)
    root = write(session, student, discussion, now=MONDAY, text="Kotter argues [Kotter 1990, p. 104] for change.")
    post = write(session, student, discussion, now=MONDAY, to=root)
    extend(session, instructor, discussion, person_id=student.person_id, dates=LATER, note="", now=MONDAY)
    earlier = MONDAY - timedelta(days=2, hours=-discussion.id)  # nobody saves two drafts at once
    for place in (FIRST_POST, DraftPlace(DraftKind.REPLY, post.id)):
        saved_at = earlier if place is FIRST_POST else earlier + timedelta(minutes=30)
        save_draft(session, instructor, discussion, place, DraftContent("As far as this"), now=saved_at)
    imported = preview(session, instructor, discussion, ImportFile(FILE, "UTC"), now=MONDAY)
    ids = {
        "draft_id": session.scalars(select(Draft.id).where(Draft.discussion_id == discussion.id)).first(),
        "extension_id": session.scalars(select(Extension.id).where(Extension.discussion_id == discussion.id)).one(),
        "import_id": imported,
        "parent_id": post.id,
        "post_id": post.id,
        "pseudonym_id": session.scalars(select(Pseudonym.id).where(Pseudonym.discussion_id == discussion.id)).first(),
        "rubric_id": (rubric := get_rubric(session, discussion)).id,
        "criterion_id": rubric.criteria[0].id,
    }
    mark(session, instructor, discussion, student, now=MONDAY)
    release(session, instructor, discussion, student.person_id, now=MONDAY)
    ids["post_comment_id"] = comment_on(session, instructor, discussion, post)
    ask_second_look(session, student, discussion, reason="Why?", now=MONDAY)
    record_opening(session, student, reading_id, MONDAY)
    about = {"grader_id": instructor.person_id, "person_id": student.person_id}
    assign_grader(session, instructor, discussion, **about)
    ids["assignment_id"] = list_assigned(session, instructor, discussion)[0].id
    other = people.arrive(session, instructor.course_id, f"Otto {discussion.id}", Role.STUDENT, now=MONDAY)
    begin_marking(session, discussion, [other.person_id], BlindPurpose.SECOND)
    ids["marked_id"] = other.person_id
    reviewed = plan_reviews(session, instructor, discussion, peers=0, self_review=True)
    assign(session, instructor, reviewed, now=MONDAY)
    review(session, student, reviewed, student, now=MONDAY)
    ids["review_id"] = get_review_table(session, instructor, reviewed).reviews[0].id
    return DiscussionIds(reviewed, {name: found for name, found in ids.items() if found is not None})
