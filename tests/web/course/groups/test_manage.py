"""GET and POST …/groups: an instructor puts the class into groups."""

import pytest

from lti_app.course.groups.queries import list_groups, list_places
from lti_app.discussion.discussions.rules import Structure
from tests.web.questions import costs, refused, refuses_methods, refuses_no_visit, refuses_unsafe_posts
from tests.web.site import address


@pytest.fixture
def here(cast):
    return f"/courses/{cast.course_id}/groups"


def sizes(site):
    with site.read() as session:
        return {line.name: line.size for line in list_groups(session, site.cast.ines)}


def test_a_group_is_made_and_filled(site, cast, here):
    browser = site.browser(cast.ines)
    assert browser.post_form(here, here, name="Night shift").status == 303
    with site.read() as session:
        (group,) = list_groups(session, cast.ines)
    assert browser.post_form(f"{here}/students", here, **{f"to-{cast.ana.person_id}": f"{group.id}"}).status == 303
    assert sizes(site) == {"Night shift": 1}
    assert "1 student" in browser.get(here).text


def test_each_group_names_who_is_in_it(site, cast, here):
    browser = site.browser(cast.ines)
    for name in ("Night shift", "Empty"):
        browser.post_form(here, here, name=name)
    with site.read() as session:
        group = next(line for line in list_groups(session, cast.ines) if line.name == "Night shift")
    moves = {f"to-{person.person_id}": f"{group.id}" for person in (cast.ben, cast.ana)}
    browser.post_form(f"{here}/students", here, **moves)
    (members,) = browser.get(here).page.all("ul", class_="members")
    assert [name.text for name in members.all("li")] == ["Ana Brandt", "Ben Carter"]


def test_only_what_was_changed_on_the_page_is_changed(site, cast, here):
    site.browser(cast.ines).post_form(here, here, name="One")
    browser, other = site.browser(cast.ines), site.browser(cast.ines)
    form = browser.form(f"{here}/students", here)
    with site.read() as session:
        (group,) = list_groups(session, cast.ines)
    other.post_form(f"{here}/students", here, **{f"to-{cast.ben.person_id}": f"{group.id}"})
    token = form.one("input", name="csrf_token").attrs["value"]
    ana, ben = cast.ana.person_id, cast.ben.person_id
    fields = {f"was-{ana}": "", f"to-{ana}": f"{group.id}", f"was-{ben}": "", f"to-{ben}": ""}
    browser.send(f"{here}/students", data={"csrf_token": token, **fields})
    with site.read() as session:
        placed = {place.name for place in list_places(session, cast.ines) if place.group_id}
    assert placed == {"Ana Brandt", "Ben Carter"}


def test_the_class_is_split_evenly(site, cast, here):
    browser = site.browser(cast.ines)
    answer = browser.post_form(f"{here}/split", here, count="2", whom="everybody")
    assert answer.status == 303
    assert "3 students were added to groups." in browser.get(here).text
    assert sorted(sizes(site).items()) == [("Group 1", 2), ("Group 2", 1)]
    again = browser.post_form(f"{here}/split", here, count="2", whom="unplaced")
    assert again.status == 422
    assert "no students to assign" in again.beside("count")


@pytest.mark.parametrize("count", ["", "0", "201", "two", "9" * 30])
def test_odd_numbers_of_groups_are_refused(site, cast, here, count):
    assert site.browser(cast.ines).post_form(f"{here}/split", here, count=count).status == 422
    assert sizes(site) == {}


def test_names_are_changed_and_groups_taken_away(site, cast, here):
    browser = site.browser(cast.ines)
    for name in ("One", "Two"):
        browser.post_form(here, here, name=name)
    assert "has this name" in browser.post_form(here, here, name="One").text
    with site.read() as session:
        one, two = (line.id for line in list_groups(session, cast.ines))
    assert browser.post_form(f"{here}/{one}", here, name="First", action="rename").status == 303
    assert browser.post_form(f"{here}/{one}", here, name="Two", action="rename").status == 422
    assert browser.post_form(f"{here}/{two}", here, action="remove").status == 303
    assert sizes(site) == {"First": 0}
    refused(browser.post(f"{here}/{two}", action="remove"), 404)


@pytest.mark.parametrize("who", ["tariq", "ana", "olga"])
def test_others_may_not(site, cast, here, who):
    browser = site.browser(getattr(cast, who))
    refused(browser.get(here), 403)
    refused(browser.post(here, name="Mine"), 403)
    refused(browser.post(f"{here}/split", count="2", whom="everybody"), 403)
    refused(browser.post(f"{here}/students"), 403)
    assert sizes(site) == {}


def test_forged_and_strange_requests(site, cast, here):
    refuses_no_visit(site, here)
    refuses_unsafe_posts(site, cast.ines, here, name="Forged")
    refuses_unsafe_posts(site, cast.ines, f"{here}/students")
    refuses_methods(site, cast.ines, here, "PUT", "DELETE")
    assert sizes(site) == {}


def test_statements_do_not_grow(site, cast, here):
    browser = site.browser(cast.ines)
    few = costs(site, lambda: browser.get(here))
    browser.post_form(f"{here}/split", here, count="9", whom="everybody")
    assert costs(site, lambda: browser.get(here)) == few <= 5


@pytest.fixture
def apart(site, cast, here):
    """A discussion in two groups: Ana in one, Ben in the other, Chi in none."""
    browser = site.browser(cast.ines)
    for name in ("One", "Two"):
        browser.post_form(here, here, name=name)
    with site.read() as session:
        one, two = (line.id for line in list_groups(session, cast.ines))
    browser.post_form(
        f"{here}/students", here, **{f"to-{cast.ana.person_id}": f"{one}", f"to-{cast.ben.person_id}": f"{two}"}
    )
    return site.discussion(structure=Structure.GROUPS, post_first=False), one, two


def test_students_write_for_their_group_and_staff_for_any(site, cast, apart):
    discussion, one, two = apart
    posts, page = address(discussion, "posts"), address(discussion)
    assert site.browser(cast.ana).post_form(posts, page, text="Ana speaks to her group.").status == 303
    staff = site.browser(cast.ines)
    assert staff.post_form(posts, page, text="For all to read.").status == 303
    assert staff.post_form(posts, f"{page}?group={two}", text="For the second group.").status == 303
    ana, ben = site.browser(cast.ana).get(page).text, site.browser(cast.ben).get(page).text
    assert "Ana speaks" in ana
    assert "Ana speaks" not in ben
    assert "For all to read." in ana
    assert "For all to read." in ben
    assert "For the second group." not in ana
    assert "For the second group." in ben
    assert "For your group, One" in site.browser(cast.ana).get(f"{posts}/new").text
    narrowed = staff.get(f"{page}?group={one}").text
    assert "Ana speaks" in narrowed
    assert "For the second group." not in narrowed


def test_whoever_is_in_no_group_is_told_so(site, cast, apart):
    discussion, one, _two = apart
    posts, page = address(discussion, "posts"), address(discussion)
    browser = site.browser(cast.chi)
    assert "you are not in one yet" in browser.get(page).text
    answer = browser.post(posts, text="May I?", group=f"{one}")
    assert answer.status == 422
    assert "You are not in a group yet" in answer.text
    assert "May I?" in answer.kept


def test_nobody_writes_for_another_group(site, cast, apart):
    discussion, _one, two = apart
    browser = site.browser(cast.ana)
    answer = browser.post(address(discussion, "posts"), text="Let me in.", group=f"{two}")
    assert answer.status == 422
    assert "Let me in." in answer.kept


def test_a_topic_needs_a_title_which_heads_its_thread(site, cast):
    discussion = site.discussion(structure=Structure.TOPICS)
    posts, page = address(discussion, "posts"), address(discussion)
    browser = site.browser(cast.ana)
    answer = browser.post_form(posts, page, text="Five words about hospital wards.", title=" ")
    assert answer.status == 422
    assert "Enter a title for your topic." in answer.text
    assert browser.post_form(posts, page, text="Five words about hospital wards.", title="Hospitals").status == 303
    assert "Hospitals" in [one.text for one in browser.get(page).page.all(class_="topic")]


def test_questions_are_asked_and_answered(site, cast):
    discussion = site.discussion(structure=Structure.QUESTIONS, post_first=False)
    question = site.write(cast.ana, discussion)
    assert "Ask another question" in site.browser(cast.ana).get(address(discussion)).text
    assert "Your question" in site.browser(cast.ana).get(address(discussion, "posts", "new")).text
    assert f"Answer {question.address}" in site.browser(cast.ben).get(address(discussion)).text


def test_groups_cost_the_page_one_statement_and_others_none(site, cast, apart):
    discussion, *_ = apart
    plain = site.discussion(post_first=False)
    for actor in (cast.ana, cast.ines):
        browser = site.browser(actor)
        usual = costs(site, lambda browser=browser: browser.get(address(plain)))
        assert costs(site, lambda browser=browser: browser.get(address(discussion))) == usual + 1
