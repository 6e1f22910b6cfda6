"""Saved comments: whose they are, what they leave open, and what is offered for a criterion and level."""

from dataclasses import replace

import pytest

from lti_app.core.errors import Forbidden, NotFound
from lti_app.course.courses.rules import Role
from lti_app.discussion.discussions.rules import Anonymity
from lti_app.grading.assessments.actions.grading import assess
from lti_app.grading.assessments.queries.bank import list_bank
from lti_app.grading.comments.actions import change_comment, delete_comment, save_comment
from lti_app.grading.comments.errors import (
    BankFull,
    PlaceholderLeft,
    PlaceholderUnknown,
    SavedCommentEmpty,
    SavedCommentTooLong,
)
from lti_app.grading.comments.queries import get_saved_comment, list_criterion_titles, list_saved_comments
from lti_app.grading.comments.rules.saved import MAX_SAVED, Placeholder, check_for_student, fill, placeholders_in
from lti_app.grading.rubrics.queries import get_rubric
from lti_app.grading.rubrics.rules.criteria import CriterionMark
from tests.factories.discussions import set_up
from tests.statements import count_statements


def texts(session, actor, **about):
    return [each.text for each in list_saved_comments(session, actor, **about)]


def test_each_grader_has_their_own_in_each_course(session, cast, clock):
    there = replace(cast.ines, course_id=cast.elsewhere.course_id)
    save_comment(session, cast.ines, text=" Cite the page. ", now=clock())
    save_comment(session, cast.tariq, text="Well argued.", now=clock())
    save_comment(session, there, text="Elsewhere.", now=clock())
    assert (texts(session, cast.ines), texts(session, cast.tariq), texts(session, there)) == (
        ["Cite the page."],
        ["Well argued."],
        ["Elsewhere."],
    )


def test_the_same_comment_is_saved_once_for_a_criterion_and_level(session, cast, clock):
    about = {"text": "Cite the page.", "now": clock()}
    first = save_comment(session, cast.ines, **about)
    assert save_comment(session, cast.ines, **about) == first
    assert save_comment(session, cast.ines, **about, criterion="Evidence", level="Good") != first
    assert save_comment(session, cast.ines, **about, level="of no criterion") == first
    assert texts(session, cast.ines, words="evid") == texts(session, cast.ines, words="CITE")[:1] == ["Cite the page."]
    assert texts(session, cast.ines, words="100%") == []


@pytest.mark.parametrize(
    ("text", "error"),
    [
        (" \n", SavedCommentEmpty),
        ("x" * 4001, SavedCommentTooLong),
        ("Well done, {nmae}!", PlaceholderUnknown),
    ],
)
def test_what_cannot_be_saved_is_refused_when_it_is_changed_too(session, cast, clock, text, error):
    kept = save_comment(session, cast.ines, text="Good, {name}.", now=clock())
    with pytest.raises(error):
        save_comment(session, cast.ines, text=text, now=clock())
    with pytest.raises(error):
        change_comment(session, cast.ines, kept, text=text, criterion="", level="")
    session.expire_all()
    assert get_saved_comment(session, cast.ines, kept).text == "Good, {name}."


def test_changing_and_deleting_reach_only_ones_own(session, cast, clock):
    kept = save_comment(session, cast.ines, text="Good.", now=clock())
    change_comment(session, cast.ines, kept, text="Better.", criterion="Evidence", level="Top")
    found = get_saved_comment(session, cast.ines, kept)
    assert (found.text, found.criterion, found.level) == ("Better.", "Evidence", "Top")
    with pytest.raises(NotFound):
        change_comment(session, cast.tariq, kept, text="Mine.", criterion="", level="")
    with pytest.raises(NotFound):
        delete_comment(session, cast.tariq, kept)
    delete_comment(session, cast.ines, kept)
    assert texts(session, cast.ines) == []


def test_there_is_a_limit_that_lists_can_show(session, cast, clock):
    for number in range(MAX_SAVED):
        save_comment(session, cast.ines, text=f"No. {number}", now=clock())
    with pytest.raises(BankFull):
        save_comment(session, cast.ines, text="One more", now=clock())
    save_comment(session, cast.ines, text="No. 7", now=clock())


def test_students_and_observers_have_none(session, cast, discussion, clock):
    for actor in (cast.ana, cast.olga):
        for call in (
            lambda actor=actor: save_comment(session, actor, text="Good.", now=clock()),
            lambda actor=actor: list_saved_comments(session, actor),
            lambda actor=actor: list_criterion_titles(session, actor),
            lambda actor=actor: bank(session, actor, discussion, cast.ana),
        ):
            with pytest.raises(Forbidden):
                call()


def test_placeholders_are_filled_in_where_there_is_something_to_fill():
    values = {Placeholder.NAME: lambda: "Ana", Placeholder.REPLIES: lambda: "2", Placeholder.CITATION: lambda: ""}
    text = "{Name}, your { replies } replies: {citation}? {nmae} {x} \\frac{ab}{cd} f_{max} {{name}}"
    assert fill(text, values) == "Ana, your 2 replies: {citation}? {nmae} {x} \\frac{ab}{cd} f_{max} {{name}}"
    assert placeholders_in(fill(text, values)) == ["citation", "nmae"]
    with pytest.raises(PlaceholderLeft):
        check_for_student("Well done, {name}.")
    check_for_student("A set {a, b}, \\frac{ab}{cd}, {1}")


def bank(session, actor, discussion, student, name="Chi"):
    session.flush()
    titles = [each.title for each in get_rubric(session, discussion).criteria]
    values = {Placeholder.NAME: lambda: name}
    return list_bank(session, actor, discussion, student.person_id, titles=titles, values=values)


def type_for(session, grader, discussion, student, text, *, clock, level=0, version=0):
    criterion = get_rubric(session, discussion).criteria[0]
    marks = {criterion.id: CriterionMark(criterion.levels[level].id, comment=text)}
    about = {"marks": marks, "comment": "", "version": version, "now": clock()}
    assess(session, grader, discussion, student.person_id, **about)
    return criterion


def test_what_was_typed_for_a_criterion_and_level_is_offered_again(session, cast, discussion, clock):
    second = set_up(session, cast.ines, clock(), title="Week 2")
    criterion = type_for(session, cast.ines, discussion, cast.ana, "Ana, weigh both sides.", clock=clock)
    clock.move(minutes=1)
    type_for(session, cast.ines, discussion, cast.ben, "Ben, weigh both sides.", clock=clock)
    type_for(session, cast.ines, second, cast.ana, "Ana Brandt, begin with your claim.", clock=clock)
    type_for(session, cast.ines, second, cast.ben, "Too short.", clock=clock, level=2)
    type_for(session, cast.tariq, second, cast.chi, "Another grader's.", clock=clock)
    top, low = (criterion.levels[place].label for place in (0, 2))
    with count_statements(session.get_bind()) as sent:
        found = list_bank(
            session,
            cast.ines,
            discussion,
            cast.chi.person_id,
            titles=[criterion.title],
            values={Placeholder.NAME: lambda: "Chi"},
        )
    assert len(sent) == 1
    assert found[0] == replace(found[0], text="Chi, weigh both sides.", level=top, times=2, criterion=criterion.title)
    assert {(each.text, each.level) for each in found[1:]} == {
        ("Chi, begin with your claim.", top),
        ("Too short.", low),
    }
    assert [each.text for each in bank(session, cast.ines, discussion, cast.ben)].count("Chi, weigh both sides.") == 1
    save_comment(session, cast.ines, text="Too short.", now=clock())
    offered = [each for each in bank(session, cast.ines, discussion, cast.chi) if each.text == "Too short."]
    assert [each.is_saved for each in offered] == [True]  # not offered twice


def test_where_names_are_hidden_a_pseudonym_gives_way_too(session, cast, clock):
    blind = set_up(session, cast.ines, clock(), anonymity=Anonymity.BLIND)
    from_blind = set_up(session, cast.ines, clock(), title="Week 2")
    type_for(session, cast.ines, from_blind, cast.ana, "Ana Brandt argues well.", clock=clock)
    (found,) = bank(session, cast.ines, blind, cast.ben, name="Quiet Otter")
    assert found.text == "Quiet Otter argues well."


def test_a_comment_with_a_placeholder_is_no_grade_yet(session, cast, discussion, clock):
    with pytest.raises(PlaceholderLeft):
        type_for(session, cast.ines, discussion, cast.ana, "Good, {name}.", clock=clock)
    about = {"marks": {}, "version": 0, "now": clock()}
    with pytest.raises(PlaceholderLeft):
        assess(session, cast.ines, discussion, cast.ana.person_id, comment="Good, {nmae}.", **about)
    assess(session, cast.ines, discussion, cast.ana.person_id, comment="Good.", note="Ask {name}", **about)


def test_the_criteria_of_the_course_can_be_chosen(session, cast, discussion):
    titles = [each.title for each in get_rubric(session, discussion).criteria]
    assert list_criterion_titles(session, cast.tariq) == sorted(titles)
    assert list_criterion_titles(session, replace(cast.elsewhere, role=Role.INSTRUCTOR)) == []
