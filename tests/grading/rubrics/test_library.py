"""The library of a course, and what its tenant shares."""

from dataclasses import replace

import pytest
from sqlalchemy import select, update

from lti_app.core.errors import Forbidden, NotFound
from lti_app.course.courses.models import Course
from lti_app.grading.rubrics.access import RubricPermission
from lti_app.grading.rubrics.actions.copy import copy_rubric
from lti_app.grading.rubrics.actions.library import create_rubric, delete_rubric, save_rubric, share_rubric
from lti_app.grading.rubrics.errors import LibraryFull, RubricChanged, RubricInvalid
from lti_app.grading.rubrics.models import Criterion, Level, Rubric
from lti_app.grading.rubrics.queries import get_library_rubric, get_rubric, list_library, list_shared
from lti_app.grading.rubrics.rules.plans import plan_of
from lti_app.grading.rubrics.rules.ready import DEFAULT_RUBRIC, HOLISTIC
from tests.statements import count_statements


@pytest.fixture
def rubric_id(session, cast):
    return create_rubric(session, cast.ines, DEFAULT_RUBRIC)


def bare(rubric):
    return plan_of(replace(rubric, criteria=tuple(replace(each, key=0) for each in rubric.criteria)))


def one_tenant(session, *courses, tenant=7):
    session.execute(update(Course).where(Course.id.in_(courses)).values(tenant_id=tenant))


def test_a_rubric_is_created_changed_and_deleted(session, cast, rubric_id):
    found = get_library_rubric(session, cast.tariq, rubric_id)
    assert (found.rubric.title, found.rubric.maximum, found.is_own, found.is_shared) == (
        "Argument from the readings",
        20,
        True,
        False,
    )
    save_rubric(session, cast.ines, rubric_id, HOLISTIC, version=1)
    changed = get_library_rubric(session, cast.ines, rubric_id).rubric
    assert (changed.title, changed.version, changed.is_holistic) == ("Holistic", 2, True)
    with pytest.raises(RubricChanged):
        save_rubric(session, cast.ines, rubric_id, DEFAULT_RUBRIC, version=1)
    assert delete_rubric(session, cast.ines, rubric_id) == "Holistic"
    assert list_library(session, cast.ines) == []
    for table in (Rubric, Criterion, Level):
        assert session.scalars(select(table)).all() == []


def test_a_discussion_keeps_its_copy(session, cast, discussion, rubric_id):
    before = get_rubric(session, discussion)
    copy_rubric(session, discussion, HOLISTIC)  # it has one
    save_rubric(session, cast.ines, rubric_id, HOLISTIC, version=1)
    delete_rubric(session, cast.ines, rubric_id)
    assert get_rubric(session, discussion) == before


def test_invalid_rubrics_are_refused(session, cast, rubric_id):
    untitled = replace(DEFAULT_RUBRIC, title=" ")
    with pytest.raises(RubricInvalid):
        create_rubric(session, cast.ines, untitled)
    with pytest.raises(RubricInvalid):
        save_rubric(session, cast.ines, rubric_id, untitled, version=1)
    assert get_library_rubric(session, cast.ines, rubric_id).rubric.version == 1


def test_only_instructors_change_and_staff_see(session, cast, rubric_id):
    for actor in (cast.tariq, cast.ana, cast.olga):
        for act in (
            lambda actor: create_rubric(session, actor, DEFAULT_RUBRIC),
            lambda actor: save_rubric(session, actor, rubric_id, HOLISTIC, version=1),
            lambda actor: delete_rubric(session, actor, rubric_id),
            lambda actor: share_rubric(session, actor, rubric_id, wanted=True),
        ):
            with pytest.raises(Forbidden):
                act(actor)
    assert [line.title for line in list_library(session, cast.tariq)] == ["Argument from the readings"]
    for look in (list_library, list_shared, lambda s, actor: get_library_rubric(s, actor, rubric_id)):
        with pytest.raises(Forbidden):
            look(session, cast.ana)


def test_another_course_of_the_tenant_sees_what_is_shared(session, cast, rubric_id):
    here, there = cast.course_id, cast.elsewhere.course_id
    share_rubric(session, cast.ines, rubric_id, wanted=True)
    assert list_shared(session, cast.elsewhere) == []  # no tenant is known of either
    with pytest.raises(NotFound):
        get_library_rubric(session, cast.elsewhere, rubric_id)
    one_tenant(session, here)
    one_tenant(session, there, tenant=8)
    with pytest.raises(NotFound):
        get_library_rubric(session, cast.elsewhere, rubric_id)
    one_tenant(session, here, there)
    (line,) = list_shared(session, cast.elsewhere)
    assert (line.title, line.course_title) == ("Argument from the readings", "Leading Change")
    assert list_shared(session, cast.ines) == []  # their own is in the library
    found = get_library_rubric(session, cast.elsewhere, rubric_id)
    assert (found.is_own, found.course_title) == (False, "Leading Change")
    with pytest.raises(Forbidden):
        get_library_rubric(session, cast.elsewhere, rubric_id, need=RubricPermission.EDIT)
    for act in (delete_rubric, lambda *a: share_rubric(*a, wanted=False)):
        with pytest.raises(Forbidden):
            act(session, cast.elsewhere, rubric_id)
    share_rubric(session, cast.ines, rubric_id, wanted=False)
    with pytest.raises(NotFound):
        get_library_rubric(session, cast.elsewhere, rubric_id)


def test_shared_rubrics_are_found_by_title_and_course(session, cast, rubric_id):
    one_tenant(session, cast.course_id, cast.elsewhere.course_id)
    share_rubric(session, cast.ines, rubric_id, wanted=True)
    other = create_rubric(session, cast.ines, replace(HOLISTIC, title="100% effort"))
    share_rubric(session, cast.ines, other, wanted=True)

    def found(words, **limits):
        return [line.title for line in list_shared(session, cast.elsewhere, words=words, **limits)]

    assert found("") == ["100% effort", "Argument from the readings"]
    assert found("READINGS") == ["Argument from the readings"]
    assert found("%") == ["100% effort"]
    assert len(found("leading ch")) == 2
    assert found("nobody's") == []
    assert found("", limit=1) == ["100% effort"]


def test_a_library_has_an_end(session, cast, monkeypatch):
    monkeypatch.setattr("lti_app.grading.rubrics.actions.library.MAX_LIBRARY", 2)
    for _ in range(2):
        create_rubric(session, cast.ines, DEFAULT_RUBRIC)
    with pytest.raises(LibraryFull):
        create_rubric(session, cast.ines, DEFAULT_RUBRIC)
    create_rubric(session, cast.elsewhere, DEFAULT_RUBRIC)


def test_lists_cost_two_statements_however_long(session, cast, database, rubric_id):
    one_tenant(session, cast.course_id, cast.elsewhere.course_id)
    for _ in range(3):
        share_rubric(session, cast.ines, create_rubric(session, cast.ines, HOLISTIC), wanted=True)
    session.flush()
    for look, actor in ((list_library, cast.ines), (list_shared, cast.elsewhere)):
        with count_statements(database.engine) as statements:
            assert look(session, actor)
        assert len(statements) == 2, statements
