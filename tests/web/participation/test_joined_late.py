"""Who joined after something was due: the student and the instructor are told, and an extension is one link away."""

from datetime import timedelta

import pytest

from lti_app.course.courses.actions import record_listed_roles
from lti_app.course.courses.rules import Role
from lti_app.discussion.discussions.rules import Anonymity
from tests.cast import arrive
from tests.factories.discussions import WEEK
from tests.web.site import address

TOLD = "You joined this course on Thu, Mar 5"


@pytest.fixture
def lena(site, cast, discussion):
    """A student whom the class list names since the first post was due."""
    site.clock.now = WEEK.first_post_due + timedelta(hours=1)
    with site.database.writing() as session:
        lena = arrive(session, cast.course_id, "Lena Late", Role.STUDENT, now=site.clock())
        roles = {each.person_id: Role.STUDENT for each in (*cast.students, lena)}
        record_listed_roles(session, cast.course_id, roles)
    return lena


def test_the_checklist_says_so_while_something_is_missing_and_the_discussion_is_open(site, cast, discussion, lena):
    browser = site.browser(lena)
    assert TOLD in browser.get(address(discussion)).text
    assert TOLD not in site.browser(cast.ana).get(address(discussion)).text
    site.write(lena, discussion)
    assert TOLD not in browser.get(address(discussion)).text


def test_the_table_of_the_class_leads_to_an_extension(site, cast, discussion, lena):
    path = address(discussion, "participation", "class")
    row = next(row for row in site.browser(cast.ines).get(path).page.all("tr") if "Lena Late" in row.text)
    assert "joined Thu, Mar 5" in row.text
    form = site.browser(cast.ines).get(row.all("a")[1].attrs["href"])
    assert (form.status, "Lena Late" in form.text) == (200, True)
    assistants = site.browser(cast.tariq).get(path)
    assert "joined Thu, Mar 5" in assistants.text
    assert "extend dates" not in assistants.text


@pytest.mark.usefixtures("lena")
def test_where_names_are_hidden_the_date_would_tell_who_it_is(site, cast):
    blind = site.discussion(anonymity=Anonymity.BLIND)
    assert "joined" not in site.browser(cast.ines).get(address(blind, "participation", "class")).page.one("main").text
