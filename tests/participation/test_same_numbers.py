"""Whatever happens in a discussion, every place that shows participation shows the same."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import HealthCheck, settings
from hypothesis.stateful import invariant, run_state_machine_as_test

from lti_app.course.courses.rules import Role
from lti_app.discussion.discussions.queries.course import list_views, with_readings
from lti_app.discussion.discussions.queries.discussion import get_discussion
from lti_app.participation.matrix.queries.own import list_own_work
from lti_app.participation.matrix.queries.tables import get_class_matrix, get_course_term, list_begun
from lti_app.participation.matrix.rules.course import cell_of
from lti_app.participation.progress.queries import (
    collect_class_verdicts,
    collect_class_work,
    collect_term_verdicts,
    get_participation,
)
from lti_app.participation.progress.rules import keyed
from tests.cast import MONDAY
from tests.factories.discussions import set_up
from tests.factories.posts import write
from tests.factories.reviews import again, assign, plan_reviews, review, tasks_of
from tests.participation.histories import STUDENTS, History


def lines(verdicts):
    """All that any page shows of requirements."""
    return [
        (
            *(verdict.kind, verdict.standing, verdict.have, verdict.want, verdict.due, verdict.met_at, verdict.late),
            *(verdict.addresses, verdict.counted_at, verdict.reading.id if verdict.reading else None, verdict.proof),
        )
        for verdict in verdicts
    ]


def compared(verdicts):
    """All that any page shows of an evaluation."""
    posts = {post_id: (judged.reason.key, judged.counts, judged.late) for post_id, judged in verdicts.posts.items()}
    return lines(verdicts.requirements), posts


def everywhere(session, cast, discussion_id, name, now):
    """The participation of one student by every way there is to it."""
    actor, ines = getattr(cast, name), cast.ines
    found = {}
    for who in (actor, ines):
        view = get_discussion(session, who, discussion_id, now=now)
        own = get_participation(session, who, view, actor.person_id, now=now)
        found[f"the page of {who.person_id}"] = compared(own.verdicts)
        student = replace(who, person_id=actor.person_id, role=Role.STUDENT, teaches=False)
        views = with_readings(session, list_views(session, student, now))
        of_term = collect_term_verdicts(session, who, views, actor.person_id, now=now)
        found[f"the term of {who.person_id}"] = compared(of_term[discussion_id])
    view = get_discussion(session, ines, discussion_id, now=now)
    verdicts = collect_class_verdicts(session, ines, view, now=now)(actor.person_id)
    found["the class list"] = compared(verdicts)
    assert_tables_agree(session, cast, view, actor, verdicts, now=now)
    return found


def assert_tables_agree(session, cast, view, actor, verdicts, *, now):
    """The tables of the discussion and of the term, and the student's own overview, show the same verdicts."""
    matrix = get_class_matrix(session, cast.ines, view, now=now)
    (line,) = [each for each in matrix.lines if each.person_id == actor.person_id]
    shown = {column.key: verdict for column, verdict in zip(matrix.columns, line.verdicts, strict=True) if verdict}
    assert lines(shown.values()) == lines(verdict for key, verdict in keyed(verdicts.requirements) if key in shown)
    assert {key for key, _ in keyed(verdicts.requirements)} == shown.keys()
    term = get_course_term(session, cast.ines, now=now)
    (of_term,) = [each for each in term.matrix.lines if each.person_id == actor.person_id]
    assert of_term.cells[term.matrix.places[f"{view.id}"]] == cell_of(verdicts)
    works = list_own_work(session, actor, list_views(session, actor, now), now=now)
    (own,) = [
        *(work.verdicts for work in works if work.discussion_id == view.id),
        *([] if verdicts.requirements else [verdicts]),
    ]
    assert lines(own.requirements) == lines(verdicts.requirements)


def assert_agreed(found):
    first = next(iter(found.values()))
    assert {name for name, each in found.items() if each != first} == set()


class SameNumbers(History):
    """After every step, all places agree."""

    @invariant()
    def all_places_agree(self):
        self.session.expire_all()
        for name in STUDENTS:
            assert_agreed(everywhere(self.session, self.cast, self.id, name, self.clock()))

    @invariant()
    def what_is_kept_is_what_is_found(self):
        """Also at other moments: how long it is kept must depend on every date that decides anything."""
        for by in (timedelta(0), timedelta(days=1), timedelta(days=-1)):
            now = self.clock() + by
            term = get_course_term(self.session, self.cast.ines, now=now).matrix
            for nth, view in enumerate(list_begun(self.session, self.cast.ines, now=now)):
                fresh = collect_class_work(self.session, self.cast.ines, view).judged(view, now=now)
                kept = collect_class_verdicts(self.session, self.cast.ines, view, now=now)
                for line in term.lines:
                    assert line.cells[nth] == cell_of(fresh(line.person_id))
                    assert kept(line.person_id) == fresh(line.person_id)


def test_any_history(database):
    class OnThisDatabase(SameNumbers):
        pass

    OnThisDatabase.database = database
    run_state_machine_as_test(
        OnThisDatabase,
        settings=settings(max_examples=12, stateful_step_count=25, suppress_health_check=[HealthCheck.too_slow]),
    )


def test_reviews_count_everywhere(session, cast, clock):
    discussion = set_up(session, cast.ines, clock(), reviews_counted="yes")
    for student in cast.students:
        write(session, student, discussion, now=clock())
    here = plan_reviews(session, cast.ines, discussion, peers=1)
    clock.now = MONDAY + timedelta(days=8)
    assign(session, cast.ines, again(session, cast.ines, here, now=clock()), now=clock())
    (task,) = tasks_of(session, cast.ana, here, now=clock())
    author = next(student for student in cast.students if student.person_id == task.author_id)
    review(session, cast.ana, here, author, now=clock())
    for name in STUDENTS:
        found = everywhere(session, cast, discussion.id, name, clock())
        assert_agreed(found)
        (counted,) = [each for each in found["the class list"][0] if each[0] == "reviews"]
        assert counted[2] == int(name == "ana")
