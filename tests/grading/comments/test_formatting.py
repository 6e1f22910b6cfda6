"""Comments as they are typed, shown and sent: formatted for the student, plain for the gradebook."""

import pytest

from lti_app.grading.assessments.actions.grading import assess, release
from lti_app.grading.assessments.queries.grades import get_assessment, get_released_grade
from lti_app.grading.comments.rules.formatting import to_plain, to_rich
from lti_app.grading.passbacks.models import Passback
from lti_app.grading.rubrics.queries import get_rubric
from lti_app.grading.rubrics.rules.criteria import CriterionMark


def both(text):
    html = to_rich(text)
    return html, to_plain(text, html)


@pytest.mark.parametrize(
    ("text", "html", "plain"),
    [
        ("**Well** argued, *Ana*.", "<p><strong>Well</strong> argued, <em>Ana</em>.</p>", "Well argued, Ana."),
        (
            "Next time:\n- cite a page\n- answer **Ben**\nGood luck",
            (
                "<p>Next time:</p><ul><li><p>cite a page</p></li><li><p>answer <strong>Ben</strong></p></li></ul>"
                "<p>Good luck</p>"
            ),
            "Next time:\n\n- cite a page\n- answer Ben\n\nGood luck",
        ),
        (
            "2. second\n3) third",
            '<ol start="2"><li><p>second</p></li><li><p>third</p></li></ol>',
            "2. second\n3. third",
        ),
        ("***Both***", "<p><strong><em>Both</em></strong></p>", "Both"),
        ("*one* a*b *two*", "<p><em>one</em> a*b <em>two</em></p>", "one a*b two"),
    ],
)
def test_what_is_formatted(text, html, plain):
    assert both(text) == (html, plain)


@pytest.mark.parametrize(
    "text",
    ["Just words.\nTwo lines.\n\n  And   spaces", "2*3*4 = 24", "a * b * c", "5 *", "**", "- ", "-5 of 6"],
)
def test_what_is_not_is_left_exactly_as_it_was_typed(text):
    assert both(text) == ("", text)


def test_addresses_are_links_and_nothing_else_is_markup():
    html, plain = both("See https://example.edu/a*b* <b>now</b> **javascript:alert(1)**")
    assert '<a href="https://example.edu/a*b*"' in html or '<a href="https://example.edu/a' in html
    assert 'rel="noopener nofollow ugc"' in html
    assert "&lt;b&gt;now&lt;/b&gt;" in html
    assert 'href="javascript' not in html
    assert "<b>now</b> javascript:alert(1)" in plain


def test_many_stars_take_no_more_time_than_their_number():
    text = "*a " * 20_000
    assert both(text) == ("", text)


def test_the_student_sees_the_formatting_and_the_gradebook_gets_plain_text(session, cast, discussion, clock):
    criteria = get_rubric(session, discussion).criteria
    marks = {
        each.id: CriterionMark(each.levels[0].id, comment="*Why?*" if each is criteria[0] else "") for each in criteria
    }
    comment = "**Well** argued.\n- cite a page"
    about = {"marks": marks, "comment": comment, "version": 0, "now": clock()}
    assess(session, cast.ines, discussion, cast.ana.person_id, **about)
    release(session, cast.ines, discussion, cast.ana.person_id, now=clock())
    session.expire_all()
    grade = get_released_grade(session, cast.ana, discussion)
    assert grade.comment_html == "<p><strong>Well</strong> argued.</p><ul><li><p>cite a page</p></li></ul>"
    assert grade.comment == session.query(Passback).one().comment == "Well argued.\n\n- cite a page"
    assert (grade.marks[0].comment, grade.marks[0].comment_html) == ("Why?", "<p><em>Why?</em></p>")
    assert grade.marks[1].comment_html == ""
    assert get_assessment(session, cast.ines, discussion, cast.ana.person_id).comment == comment
