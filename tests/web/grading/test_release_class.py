"""POST …/grading/release: every finished grade is released."""

import pytest

from tests.web.questions import costs, refused, refuses_methods, refuses_unsafe_posts
from tests.web.site import address


@pytest.fixture
def desk(discussion):
    return address(discussion, "grading")


@pytest.fixture
def path(desk):
    return f"{desk}/release"


@pytest.fixture
def marked(site, cast, discussion):
    """Ana's and Ben's grades are finished, Chi's is not."""
    site.mark(discussion, cast.ana, comment="For Ana.")
    site.mark(discussion, cast.ben, lowest=True)
    site.mark(discussion, cast.chi, criteria=2)


@pytest.mark.parametrize("who", ["ines", "tariq"])
@pytest.mark.usefixtures("marked")
def test_finished_grades_are_told_and_queued_and_the_bell_rings_once(site, cast, discussion, desk, *, path, who):
    browser = site.browser(getattr(cast, who))
    assert "Release 2 grades" in browser.get(desk).text
    answer = browser.post_form(path, desk)
    assert (answer.status, answer.location) == (303, desk)
    assert "2 grades released. They are being sent to the gradebook." in browser.get(desk).text
    assert site.bell.rings == [2]
    assert {person: report.given for person, report in site.passbacks(discussion).items()} == {
        cast.ana.person_id: 20,
        cast.ben.person_id: 0,
    }
    told = [
        site.browser(student).get(address(discussion)).page.all("section", class_="grade") for student in cast.students
    ]
    assert [len(cards) for cards in told] == [1, 1, 0]


@pytest.mark.usefixtures("marked")
def test_released_grades_are_not_sent_again(site, cast, discussion, desk, path):
    browser = site.browser(cast.ines)
    browser.post(path)
    site.lms_answers()
    browser.post(path)
    assert "0 grades released" in browser.get(desk).text
    assert {report.state for report in site.passbacks(discussion).values()} == {"sent"}


@pytest.mark.usefixtures("marked")
def test_those_who_left_are_left_out(site, cast, discussion, path):
    site.remove(cast.ben)
    site.browser(cast.ines).post(path)
    assert set(site.passbacks(discussion)) == {cast.ana.person_id}


@pytest.mark.parametrize("who", ["ana", "olga"])
@pytest.mark.usefixtures("marked")
def test_others_may_not(site, cast, discussion, path, who):
    refused(site.browser(getattr(cast, who)).post(path), 403)
    assert (site.passbacks(discussion), site.bell.rings) == ({}, [])


def test_other_courses_discussion_is_not_there(site, cast, foreign):
    refused(site.browser(cast.ines).post(f"/courses/{cast.course_id}/discussions/{foreign.id}/grading/release"), 404)
    assert site.bell.rings == []


@pytest.mark.usefixtures("marked")
def test_unsafe_posts_are_refused(site, cast, discussion, path):
    refuses_unsafe_posts(site, cast.ines, path)
    assert (site.passbacks(discussion), site.bell.rings) == ({}, [])


def test_wrong_methods_are_refused(site, cast, path):
    refuses_methods(site, cast.ines, path, "GET", "PUT", "DELETE")


def test_most_statements_do_not_grow_with_the_class(site, cast, discussion, path):
    """One queue entry and one release a student; all else is read at once."""
    browser = site.browser(cast.ines)
    costs_of_none = costs(site, lambda: browser.post(path))
    for students in ([cast.ana], [cast.ben, cast.chi]):
        for student in students:
            site.mark(discussion, student)
        with site.statements() as sent:
            browser.post(path)
        assert len(sent) - costs_of_none <= 7 + 3 * len(students)
