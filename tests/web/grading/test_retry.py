"""POST …/grading/passback/retry: what the LMS refused is sent again."""

import pytest

from tests.web.questions import costs, refused, refuses_methods, refuses_unsafe_posts
from tests.web.site import address


@pytest.fixture
def page(discussion):
    return address(discussion, "grading", "passback")


@pytest.fixture
def path(page):
    return f"{page}/retry"


@pytest.fixture
def rejected(site, cast, discussion):
    """Ana's grade is in the gradebook; Ben's was refused."""
    for student, refusal in ((cast.ana, ""), (cast.ben, "locked")):
        site.mark(discussion, student)
        site.release(discussion, student)
        site.lms_answers(refusal)


def states(site, discussion):
    found = site.passbacks(discussion)
    return [found[student.person_id].state for student in site.cast.students[:2]]


@pytest.mark.parametrize("who", ["ines", "tariq"])
@pytest.mark.usefixtures("rejected")
def test_refused_grades_wait_again_and_the_bell_rings(site, cast, discussion, page, *, path, who):
    browser = site.browser(getattr(cast, who))
    answer = browser.post_form(path, page)
    assert (answer.status, answer.location) == (303, page)
    assert "Sending 1 grade again." in browser.get(page).text
    assert states(site, discussion) == ["sent", "pending"]
    assert site.bell.rings == [1]


@pytest.mark.parametrize("who", ["ana", "ben", "olga"])
@pytest.mark.usefixtures("rejected")
def test_others_may_not(site, cast, discussion, path, who):
    refused(site.browser(getattr(cast, who)).post(path), 403)
    assert (states(site, discussion), site.bell.rings) == (["sent", "refused"], [])


def test_other_courses_discussion_is_not_there(site, cast, foreign):
    elsewhere = f"/courses/{cast.course_id}/discussions/{foreign.id}/grading/passback/retry"
    refused(site.browser(cast.ines).post(elsewhere), 404)
    assert site.bell.rings == []


@pytest.mark.usefixtures("rejected")
def test_unsafe_posts_are_refused(site, cast, discussion, path):
    refuses_unsafe_posts(site, cast.ines, path)
    assert (states(site, discussion), site.bell.rings) == (["sent", "refused"], [])


def test_wrong_methods_are_refused(site, cast, path):
    refuses_methods(site, cast.ines, path, "GET", "PUT", "DELETE")


@pytest.mark.usefixtures("rejected")
def test_statements_do_not_grow_with_the_class(site, cast, discussion, path):
    browser = site.browser(cast.ines)
    few = costs(site, lambda: browser.post(path))
    site.mark(discussion, cast.chi)
    site.release(discussion, cast.chi)
    site.lms_answers("locked")
    assert costs(site, lambda: browser.post(path)) == few
