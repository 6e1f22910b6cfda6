"""Groups of which the LMS sends only numbers: shown by the number until the instructor has entered names."""

import pytest

from lti_app.course.groups.actions import record_lms_groups
from lti_app.course.groups.queries import list_groups
from lti_app.course.groups.rules import GroupKind
from lti_app.discussion.discussions.rules import Structure
from tests.web.questions import refused, refuses_unsafe_posts
from tests.web.site import address

GROUP, SECTION = GroupKind.LMS_GROUP, GroupKind.LMS_SECTION
LONG = "4dde05e8ca1973bcca9bffc13e1548820eee93a3"


@pytest.fixture
def told(site, cast):
    """Lets the LMS say in which group Ana is, as each class list does."""

    def told(kind=GROUP, **groups):
        with site.database.writing() as session:
            numbered = {number.lstrip("n"): name for number, name in groups.items()}
            record_lms_groups(session, cast.course_id, cast.ana.person_id, kind, numbered)

    told(n7="", n10="")
    return told


@pytest.fixture
def here(cast):
    return f"/courses/{cast.course_id}/groups"


def ids(site):
    with site.read() as session:
        return {line.number: line.id for line in list_groups(session, site.cast.ines)}


@pytest.mark.usefixtures("told")
def test_numbers_are_shown_as_names(site, cast, here):
    discussion = site.discussion(structure=Structure.GROUPS)
    page = site.browser(cast.ines).get(here).page
    assert [label.text for label in page.one("form", class_="notice").all("label")] == ["Group 7", "Group 10"]
    for who in (cast.ines, cast.ana):
        tabs = site.browser(who).get(address(discussion)).page.one("nav", class_="group-tabs")
        assert [link.text for link in tabs.all("a")][1:] == ["Group 7", "Group 10"]
    assert "Group 7" in site.browser(cast.ines).get(address(discussion, "extensions")).text


def test_sections_likewise_and_long_numbers_shortened(site, cast, here, told):
    told(SECTION, n12="")
    told(**{f"n{LONG}": ""})
    text = site.browser(cast.ines).get(here).text
    assert "Section 12" in text
    assert "Group 4dde05e8ca" in text
    assert LONG not in text


def test_a_name_is_entered_once_and_stays(site, cast, here, told):
    browser = site.browser(cast.ines)
    answer = browser.post_form(f"{here}/names", here, **{f"name-{ids(site)['7']}": " Night\n shift "})
    assert (answer.status, answer.location) == (303, here)
    told(n7="", n10="")
    page = browser.get(here)
    assert "1 group was named." in page.text
    assert [label.text for label in page.page.one("form", class_="notice").all("label")] == ["Group 10"]
    assert [bold.text for bold in page.page.all("b")] == ["Group 10", "Night shift"]


def test_a_name_from_the_lms_replaces_the_number_and_the_entered_name(site, cast, here, told):
    browser = site.browser(cast.ines)
    browser.post_form(f"{here}/names", here, **{f"name-{ids(site)['7']}": "Night shift"})
    told(n7="Evening", n10="Morning")
    text = browser.get(here).text
    assert "Evening" in text
    assert "Night shift" not in text
    assert "Groups without a name" not in text


@pytest.mark.usefixtures("told")
def test_blank_names_and_other_groups_are_passed_over(site, cast, here):
    browser = site.browser(cast.ines)
    browser.post_form(here, here, name="Own")
    own = next(line.id for line in _lines(site) if line.name == "Own")
    numbers = ids(site)
    names = {f"name-{numbers['7']}": "  ", f"name-{own}": "Mine", "name-999": "X", "name-x": "Y", "name-": "Z"}
    browser.post_form(f"{here}/names", here, **names)
    assert sorted(line.name for line in _lines(site)) == ["", "", "Own"]


@pytest.mark.usefixtures("told")
@pytest.mark.parametrize("who", ["ana", "olga", "tariq"])
def test_others_may_not(site, cast, here, who):
    refused(site.browser(getattr(cast, who)).post(f"{here}/names"), 403)


@pytest.mark.usefixtures("told")
def test_unsafe_posts_are_refused(site, cast, here):
    refuses_unsafe_posts(site, cast.ines, f"{here}/names")


def _lines(site):
    with site.read() as session:
        return list_groups(session, site.cast.ines)
