"""What an accepted launch changes: person, course, placement, discussion, visit."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any, ClassVar

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from lti_app.core.db import Database
from lti_app.course.courses.actions import create_course
from lti_app.course.courses.models import Course, EarlierCourse, Enrollment, Visit
from lti_app.course.courses.queries import get_actor
from lti_app.course.courses.rules import Role
from lti_app.course.people.models import Person
from lti_app.discussion.discussions.actions.reserve import reserve_discussion
from lti_app.discussion.discussions.models import Discussion
from lti_app.grading.passbacks.actions.queueing import queue_passback
from lti_app.grading.passbacks.actions.sending import claim_due, finish_sent
from lti_app.grading.passbacks.models import Passback
from lti_app.lti.models import CourseLink, Placement
from tests.lti.fake_lms import ABSENT, AGS, CLAIM, DEEP_LINKING, MEMBERSHIP, NRPS, Browser, FakeLms

INSTRUCTOR = [f"{MEMBERSHIP}#Instructor"]
SETTINGS = {
    "accept_types": ["ltiResourceLink"],
    "accept_presentation_document_targets": ["iframe"],
    "deep_link_return_url": "https://school.lms.example/return?a=b",
}
REVIEW = {"message_type": "LtiSubmissionReviewRequest", "sub": "teacher"}
DEEP_LINK: dict[str, Any] = {
    "message_type": "LtiDeepLinkingRequest",
    "resource_link": ABSENT,
    "roles": INSTRUCTOR,
    DEEP_LINKING: SETTINGS,
}


def test_a_first_launch(visitor: Browser, rows, arrived, clock, database: Database):
    claims = {NRPS: {"context_memberships_url": "https://lms.example/m"}, "email": "ana@school.example"}
    page = arrived(visitor.launch(**claims), Role.STUDENT)
    (course,), (discussion,), (placement,) = rows(Course), rows(Discussion), rows(Placement)
    assert page == f"/courses/{course.id}/discussions/{discussion.id}"
    assert (course.title, course.label, course.time_zone) == ("Leadership 501", "LEAD501", "UTC")
    assert (discussion.title, discussion.course_id) == ("Managers and leaders", course.id)
    assert (placement.course_id, placement.discussion_id) == (course.id, discussion.id)
    assert rows(CourseLink)[0].memberships_url == "https://lms.example/m"
    (person,), (enrollment,) = rows(Person), rows(Enrollment)
    assert (person.name, person.sort_name, person.email) == ("Ana Abel", "abel, ana abel", "ana@school.example")
    assert (enrollment.role, enrollment.active) == (Role.STUDENT, True)
    with visitor.client.session_transaction() as session:
        (token,) = session["visits"].values()
    with database.read() as reading:
        actor = get_actor(reading, course_id=course.id, token=token, now=clock())
    assert actor is not None
    assert actor.frame_origins == ("https://lms.example",)


def test_a_later_launch_finds_everything_and_follows_the_names(visitor: Browser, rows, clock):
    first = visitor.launch()
    clock.advance(timedelta(days=1))
    renamed = {"context": {"id": "course-1", "title": "Leadership 502", "label": "L2"}, "name": "Ana Baker"}
    assert visitor.launch(**renamed).headers["Location"] == first.headers["Location"]
    (course,), (person,), (_discussion,) = rows(Course), rows(Person), rows(Discussion)
    assert (course.title, course.label, person.name) == ("Leadership 502", "L2", "Ana Baker")
    assert len(rows(Visit)) == 2


def test_another_person_in_the_same_browser_ends_the_visits_of_the_first(visitor: Browser, rows):
    other_course = {"context": {"id": "course-2", "title": "Other"}, "resource_link": {"id": "link-2"}}
    visitor.launch(sub="ana")
    visitor.launch(sub="ana", **other_course)
    with visitor.client.session_transaction() as session:
        session["csrf_token"] = "of a page that Ana has left open"
        assert len(session["visits"]) == 2
    ana = rows(Visit)[0].person_id
    visitor.launch(sub="ben")
    (visit,) = rows(Visit)
    assert visit.person_id != ana
    with visitor.client.session_transaction() as session:
        assert list(session["visits"]) == [str(visit.course_id)]
        assert "csrf_token" not in session


def test_one_person_keeps_the_visits_of_all_courses_and_other_browsers_theirs(visitor: Browser, app: Flask, rows):
    elsewhere = Browser(app, visitor.lms)
    elsewhere.launch(sub="ben")
    visitor.launch(sub="ana")
    visitor.launch(sub="ana", context={"id": "course-2", "title": "Other"}, resource_link={"id": "link-2"})
    with visitor.client.session_transaction() as session:
        assert len(session["visits"]) == 2
    assert len(rows(Visit)) == 3


def test_what_a_launch_withholds_stays(visitor: Browser, rows):
    grades = {"lineitems": "https://lms.example/items", "lineitem": "https://lms.example/items/1", "scope": ["a"]}
    visitor.launch(**{AGS: grades, NRPS: {"context_memberships_url": "https://lms.example/m"}})
    visitor.launch(name=ABSENT, given_name=ABSENT, family_name=ABSENT, context={"id": "course-1"})
    visitor.launch(**{AGS: {"lineitems": "https://lms.example/new", "scope": ["b"]}})
    (placement,) = rows(Placement)
    assert placement.lineitems_url == "https://lms.example/new"
    assert placement.lineitem_url == "https://lms.example/items/1"
    assert placement.ags_scopes == ["b"]
    assert rows(Course)[0].title == "Leadership 501"
    assert rows(Person)[0].name == "Ana Abel"
    assert rows(CourseLink)[0].memberships_url == "https://lms.example/m"


@pytest.mark.parametrize(("item", "state"), [("items/1", "sent"), ("items/2", "pending")])
def test_another_column_gets_the_scores_of_everybody(visitor: Browser, rows, database: Database, clock, *, item, state):
    def launch(name: str) -> None:
        grades = {"lineitems": "https://lms.example/items", "lineitem": f"https://lms.example/{name}", "scope": ["a"]}
        visitor.launch(**{AGS: grades})

    launch("items/1")
    (discussion,), (person,) = rows(Discussion), rows(Person)
    about = {"course_id": discussion.course_id, "discussion_id": discussion.id, "person_id": person.id}
    with database.writing() as session:
        score = {"given": Decimal(15), "possible": Decimal(20), "comment": "", "submitted_at": None}
        queue_passback(session, **about, **score, now=clock())
        (claimed,) = claim_due(session, clock(), limit=1, lease=timedelta(minutes=1))
        finish_sent(session, claimed, now=clock())
    launch(item)
    assert [passback.state for passback in rows(Passback)] == [state]


def test_subs_that_differ_only_by_case_are_different_people(visitor: Browser, rows):
    for sub in ("abc", "ABC", "7", "007"):
        assert visitor.launch(sub=sub).status_code == 303
    assert [person.sub for person in rows(Person)] == ["abc", "ABC", "7", "007"]


def test_a_second_link_in_the_same_course(visitor: Browser, rows):
    visitor.launch()
    visitor.launch(resource_link={"id": "link-2"})
    assert len(rows(Course)) == 1
    assert [discussion.title for discussion in rows(Discussion)] == ["Managers and leaders", "Discussion"]


def test_the_same_ids_in_another_deployment_are_another_course(visitor: Browser, register, app: Flask, rows):
    lms = visitor.lms
    visitor.launch()
    second = register(FakeLms(lms.server, lms.key, lms.clock, deployment_id="2"))
    assert Browser(app, second).launch().status_code == 303
    assert len(rows(Course)) == len(rows(Discussion)) == 2
    assert len(rows(Person)) == 1


def test_links_without_a_context_have_courses_of_their_own(visitor: Browser, rows):
    for link in ("link-1", "link-2", "link-1"):
        assert visitor.launch(context=ABSENT, resource_link={"id": link, "title": link}).status_code == 303
    assert [course.title for course in rows(Course)] == ["link-1", "link-2"]


def test_a_context_named_later_keeps_the_work(visitor: Browser, rows):
    first = visitor.launch(context=ABSENT)
    assert visitor.launch().headers["Location"] == first.headers["Location"]
    assert visitor.launch(context=ABSENT).headers["Location"] == first.headers["Location"]
    assert [course.title for course in rows(Course)] == ["Leadership 501"]
    visitor.launch(resource_link={"id": "link-2"})
    assert len(rows(Course)) == 1


def test_a_known_link_stays_in_its_course(visitor: Browser, rows):
    first = visitor.launch()
    visitor.launch(context={"id": "course-2", "title": "Other"}, resource_link={"id": "link-2"})
    moved = visitor.launch(context={"id": "course-2", "title": "Other"})
    assert moved.headers["Location"] == first.headers["Location"]
    assert [course.title for course in rows(Course)] == ["Leadership 501", "Other"]


class TestDeepLinkedDiscussion:
    def test_of_the_same_course_is_opened(self, visitor: Browser, rows, database: Database, clock):
        visitor.launch(resource_link={"id": "course-1"})
        with database.writing() as session:
            number = reserve_discussion(session, course_id=rows(Course)[0].id, title="Chosen", now=clock())
        opened = visitor.launch(**{CLAIM + "custom": {"discussion": str(number)}})
        assert opened.headers["Location"].endswith(f"/discussions/{number}")
        assert len(rows(Discussion)) == 1

    @pytest.mark.parametrize("told", ["other", "0", "-1", "1.0", "9" * 18, "٣", "", "$Discussion"])
    def test_of_another_course_or_none_is_not(self, told: str, visitor: Browser, rows, database: Database, clock):
        with database.writing() as session:
            course = create_course(session, title="Other", label="", time_zone="UTC", now=clock())
            other = reserve_discussion(session, course_id=course, title="Secret", now=clock())
        number = str(other) if told == "other" else told
        assert visitor.launch(**{CLAIM + "custom": {"discussion": number}}).status_code == 303
        assert rows(Placement)[0].discussion_id != other


class TestDeepLinkingRequest:
    def test_leads_an_instructor_to_the_form(self, visitor: Browser, rows, arrived):
        page = arrived(visitor.launch(**DEEP_LINK), Role.INSTRUCTOR)
        assert page.startswith(f"/courses/{rows(Course)[0].id}/add/")
        assert rows(Visit)[0].frame_origins == "https://lms.example https://school.lms.example"
        assert not rows(Placement)
        assert not rows(Discussion)

    @pytest.mark.parametrize("sub_role", ["#Learner", "/Instructor#TeachingAssistant", "#Mentor"])
    def test_is_not_for_others(self, sub_role: str, visitor: Browser, rows, refused):
        refused(visitor.launch(**{**DEEP_LINK, "roles": [MEMBERSHIP + sub_role]}), "deep_linking_role", 403)
        assert not rows(Person)

    @pytest.mark.parametrize("setting", ["deep_link_return_url", "accept_types"])
    def test_needs_its_settings(self, setting: str, visitor: Browser, refused):
        lacking = {name: value for name, value in SETTINGS.items() if name != setting}
        refused(visitor.launch(**{**DEEP_LINK, DEEP_LINKING: lacking}), "deep_linking", 400)

    @pytest.mark.parametrize(
        ("setting", "value"),
        [
            ("accept_types", ["link", "html"]),
            ("accept_types", "ltiResourceLink"),
            ("deep_link_return_url", "file:///x"),
        ],
    )
    def test_that_we_cannot_serve(self, setting: str, value: object, visitor: Browser, refused):
        refused(visitor.launch(**{**DEEP_LINK, DEEP_LINKING: {**SETTINGS, setting: value}}), "deep_linking", 400)

    @pytest.mark.parametrize("settings", [ABSENT, None, [], "x"])
    def test_without_settings(self, settings: object, visitor: Browser, refused):
        refused(visitor.launch(**{**DEEP_LINK, DEEP_LINKING: settings}), "deep_linking", 400)

    def test_without_a_course(self, visitor: Browser, refused):
        refused(visitor.launch(**{**DEEP_LINK, "context": ABSENT}), "context_missing", 400)


class TestSubmissionReview:
    def test_by_an_instructor_opens_the_student(self, visitor: Browser, rows):
        visitor.launch()
        answer = visitor.launch(**REVIEW, roles=INSTRUCTOR, **{CLAIM + "for_user": {"user_id": "student-1"}})
        assert answer.headers["Location"].endswith(f"/grading/review/{rows(Person)[0].id}")

    @pytest.mark.parametrize("user", [ABSENT, None, {}, {"user_id": 5}, {"user_id": "nobody"}, {"user_id": "a\0"}])
    def test_of_nobody_known_opens_the_discussion(self, user: object, visitor: Browser):
        first = visitor.launch()
        answer = visitor.launch(**REVIEW, roles=INSTRUCTOR, **{CLAIM + "for_user": user})
        assert answer.headers["Location"] == first.headers["Location"]

    def test_by_a_student_opens_the_discussion(self, visitor: Browser):
        first = visitor.launch()
        answer = visitor.launch(message_type=REVIEW["message_type"], **{CLAIM + "for_user": {"user_id": "student-1"}})
        assert answer.headers["Location"] == first.headers["Location"]


def test_only_staff_have_the_roster_fetched(visitor: Browser, parts):
    visitor.launch()
    assert len(parts.jobs.huey.pending()) == 0
    visitor.launch(roles=INSTRUCTOR, sub="teacher")
    assert [task.name for task in parts.jobs.huey.pending()] == ["refresh_roster"]


@pytest.mark.parametrize(
    ("told", "origins"),
    [
        ("https://School.Example:8443/courses/1?x=y", "https://lms.example https://school.example:8443"),
        ("https://lms.example/back", "https://lms.example"),
        ("https://a.example;script-src *", "https://lms.example"),
        ("https://user@a.example/", "https://lms.example"),
        ("https://école.example/back", "https://lms.example https://xn--cole-9oa.example"),
        ("javascript:alert(1)", "https://lms.example"),
        (5, "https://lms.example"),
    ],
)
def test_who_may_frame_the_pages(told: object, origins: str, visitor: Browser, rows):
    visitor.launch(**{CLAIM + "launch_presentation": {"return_url": told}})
    assert rows(Visit)[0].frame_origins == origins


def test_twenty_students_open_a_new_course_at_once(app: Flask, visitor: Browser, database: Database):
    visitors = [Browser(app, visitor.lms) for _ in range(20)]
    begun = [one.login() for one in visitors]
    tokens = [visitor.lms.sign(visitor.lms.claims(one.nonce, sub=f"s{n}")) for n, one in enumerate(begun)]
    with ThreadPoolExecutor(20) as threads:
        answers = list(threads.map(lambda one, token, login: one.post(token, login.state), visitors, tokens, begun))
    assert [answer.status_code for answer in answers] == [303] * 20
    assert len({answer.headers["Location"] for answer in answers}) == 1
    with database.read() as session:
        count = {table: session.scalar(select(func.count()).select_from(table)) for table in (Course, Placement)}
        assert set(count.values()) == {1}
        assert session.scalar(select(func.count()).select_from(Discussion)) == 1
        assert session.scalar(select(func.count()).select_from(Enrollment)) == 20


def copied_from(database):
    with database.read() as session:
        later, earlier = aliased(CourseLink), aliased(CourseLink)
        rows = session.execute(
            select(later.context_id, earlier.context_id)
            .select_from(EarlierCourse)
            .join(later, later.course_id == EarlierCourse.course_id)
            .join(earlier, earlier.course_id == EarlierCourse.earlier_id)
        )
        return {tuple(row) for row in rows}


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ("spring", {("autumn", "spring")}),
        (" spring, unknown ,,autumn,truncated", {("autumn", "spring")}),
        ("unknown", set()),
        ("$Context.id.history", set()),
        (",".join([*(f"c{n}" for n in range(30)), "spring"]), set()),
    ],
    ids=["one", "others beside it", "unknown", "not filled in", "too long ago"],
)
def test_a_launch_tells_what_its_course_was_copied_from(visitor, database, told, kept):
    def launch(context, **custom):
        link = {"id": f"link-{context}", "title": "T"}
        claims = {"context": {"id": context, "title": context}, "resource_link": link, "custom": custom}
        visitor.launch(**{CLAIM + name: claim for name, claim in claims.items()})

    launch("spring")
    for _ in range(2):
        launch("autumn", context_history=told)
    assert copied_from(database) == kept


def test_a_course_of_another_deployment_is_none_that_one_was_copied_from(app, visitor, register, database):
    def launch(browser, context, **custom):
        link = {"id": f"link-{context}", "title": "T"}
        claims = {"context": {"id": context, "title": context}, "resource_link": link, "custom": custom}
        browser.launch(**{CLAIM + name: claim for name, claim in claims.items()})

    another = register(replace(visitor.lms, client_id="client-2", deployment_id="2"))
    launch(Browser(app, another), "spring")
    launch(visitor, "autumn", context_history="spring")
    assert copied_from(database) == set()
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(Course)) == 2


class TestCourseNavigation:
    """Canvas names the course itself as the resource link when no activity is opened."""

    COURSE: ClassVar[dict[str, Any]] = {"resource_link": {"id": "course-1", "title": "Leadership 501"}}

    def test_opens_the_course_and_makes_no_discussion(self, visitor: Browser, rows):
        opened = visitor.launch(**self.COURSE)
        assert opened.headers["Location"] == f"/courses/{rows(Course)[0].id}"
        assert (rows(Placement), rows(Discussion)) == ([], [])

    def test_finds_the_course_of_its_activities(self, visitor: Browser, rows):
        visitor.launch()
        visitor.launch(**self.COURSE)
        assert len(rows(Course)) == len(rows(Discussion)) == 1

    def test_opens_what_a_link_without_an_id_of_its_own_names(self, visitor: Browser, rows):
        first = visitor.launch()
        told = {CLAIM + "custom": {"discussion": str(rows(Discussion)[0].id)}}
        assert visitor.launch(**self.COURSE, **told).headers["Location"] == first.headers["Location"]
        assert len(rows(Placement)) == 1

    def test_a_number_may_be_that_of_the_course_by_chance(self, visitor: Browser, rows):
        opened = visitor.launch(context={"id": "5", "title": "T"}, resource_link={"id": "5", "title": "T"})
        assert opened.headers["Location"].endswith(f"/discussions/{rows(Discussion)[0].id}")
        assert len(rows(Placement)) == 1
