"""GET …/participation/class: students by requirements in one discussion."""

import io
from dataclasses import replace
from datetime import timedelta
from zipfile import ZipFile

import pytest
from sqlalchemy import select

from lti_app.course.courses.actions import deactivate_others
from lti_app.course.groups.actions import record_lms_groups
from lti_app.course.groups.models import Group
from lti_app.course.groups.rules import GroupKind
from lti_app.course.people.models import Person
from lti_app.discussion.discussions.rules import Anonymity
from lti_app.grading.assessments.actions.bulk import excuse
from lti_app.grading.graders.actions.assigning import assign_grader
from tests.web.page import values_of
from tests.web.questions import costs, refused, refuses_no_visit
from tests.web.site import address


@pytest.fixture
def path(discussion):
    return address(discussion, "participation", "class")


def rows(page):
    """The states of each student, by name."""
    return {row.one("th").text: [cell.text for cell in row.all("td")] for row in page.one("tbody").all("tr")}


def names(page):
    return [row.one("th").text for row in page.one("tbody").all("tr")]


@pytest.fixture
def lived(site, cast, discussion):
    """Ana is complete, Ben begins late, Chi is silent."""
    first = site.write(cast.ben, discussion, "Too short.")
    ana = site.write(cast.ana, discussion)
    site.write(cast.ana, discussion, to=first)
    chi = site.write(cast.chi, discussion, "Word.")
    site.write(cast.ana, discussion, to=chi)
    return ana


def test_each_cell_tells_its_state_in_words_and_leads_to_the_posts(site, cast, discussion, lived, path):
    answer = site.browser(cast.ines).get(path)
    found = rows(answer.page)
    assert found["Ana Brandt"] == ["✓ complete", "✓ complete 7/5", "✓ complete 2/2"]
    assert found["Ben Carter"] == ["○ in progress", "○ in progress 2/5", "– nothing yet"]
    desk = address(discussion, "grading", cast.ana.person_id)
    ana = answer.page.one("tbody").all("tr")[0]
    assert [link.attrs["href"] for link in ana.all("a")] == [desk, f"{desk}#p{lived.address}", f"{desk}#p1.1"]
    assert [cell.text for cell in answer.page.one("tfoot").all("td")] == ["", "1 of 3", "1 of 3"]


def test_late_and_missing_have_their_own_words(site, cast, discussion, path):
    site.clock.move(days=4)
    site.write(cast.ana, discussion)
    site.clock.move(days=4)
    found = rows(site.browser(cast.tariq).get(path).page)
    assert found["Ana Brandt"] == ["✗ missing", "◷ late 7/5", "✗ missing"]
    assert found["Chi Nguyen"] == ["✗ missing", "✗ missing", "✗ missing"]


def test_an_excused_student_misses_nothing(site, cast, discussion, lived, path):
    site.clock.move(days=9)
    with site.database.writing() as session:
        people = [cast.ana.person_id, cast.ben.person_id]
        excuse(session, cast.ines, discussion, people, is_excused=True, now=site.clock())
    found = rows(site.browser(cast.ines).get(path).page)
    assert found["Ben Carter"][0] == "⊘ excused"
    assert found["Ben Carter"][2] == "⊘ excused"
    assert found["Ana Brandt"][0] == "✓ complete"
    assert found["Chi Nguyen"][0] == "✗ missing"


def test_only_staff_see_it(site, cast, discussion, foreign, path):
    for who in (cast.ana, cast.olga):
        for each in (path, f"{path}/export?kind=csv"):
            refused(site.browser(who).get(each), 403)
    refused(site.browser(cast.elsewhere).get(path.replace(f"/{cast.course_id}/", f"/{foreign.course_id}/", 1)), 404)
    refused(site.browser(cast.ines).get(address(replace(discussion, id=4711), "participation", "class")), 404)
    refused(site.browser(cast.ines).get(f"{path}/export?kind=exe"), 404)
    refuses_no_visit(site, path)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["Ana Brandt", "Ben Carter", "Chi Nguyen"]),
        ("?sort=name", ["Chi Nguyen", "Ben Carter", "Ana Brandt"]),
        ("?sort=work", ["Ben Carter", "Chi Nguyen", "Ana Brandt"]),
        ("?sort=-first_post", ["Ana Brandt", "Ben Carter", "Chi Nguyen"]),
        ("?sort=first_post", ["Chi Nguyen", "Ben Carter", "Ana Brandt"]),
        ("?sort=nonsense", ["Ana Brandt", "Ben Carter", "Chi Nguyen"]),
        ("?find=car", ["Ben Carter"]),
        ("?state=complete", ["Ana Brandt"]),
        ("?state=undone", ["Ben Carter", "Chi Nguyen"]),
        ("?state=undone&column=replies", ["Ben Carter", "Chi Nguyen"]),
        ("?state=nothing&column=replies", ["Ben Carter", "Chi Nguyen"]),
        ("?state=started&column=first_post&sort=-first_post", ["Ben Carter", "Chi Nguyen"]),
        ("?state=rubbish&group=x&grader=7", ["Ana Brandt", "Ben Carter", "Chi Nguyen"]),
    ],
)
def test_the_table_sorts_and_narrows(site, lived, path, query, found):
    cast = site.cast
    assert names(site.browser(cast.ines).get(path + query).page) == found


def test_the_heads_turn_the_order_around_and_keep_the_filter(site, cast, lived, path):
    browser = site.browser(cast.ines)
    head = browser.get(f"{path}?find=n").page.one("thead")
    student, _work, first, _replies = head.all("th")
    assert student.attrs["aria-sort"] == "ascending"
    assert first.one("a").attrs["href"] == "?find=n&sort=first_post"
    first = browser.get(path + first.one("a").attrs["href"]).page.one("thead").all("th")[2]
    assert first.attrs["aria-sort"] == "ascending"
    assert first.one("a").attrs["href"] == "?find=n&sort=-first_post"
    again = browser.get(path + first.one("a").attrs["href"]).page.one("thead").all("th")[2]
    assert again.attrs["aria-sort"] == "descending"


def test_nobody_matches(site, cast, lived, path):
    page = site.browser(cast.ines).get(f"{path}?find=zebra").page
    assert "No student matches this filter." in page.text
    assert page.one("form", class_="filter").one("a").attrs["href"] == path


def test_there_may_be_no_requirements(site, cast):
    bare = site.discussion(
        calendar=replace(site.discussion().calendar, first_post_due=None), first_post_words=0, replies_wanted=0
    )
    assert "no participation requirements" in site.browser(cast.ines).get(address(bare, "participation", "class")).text


def test_an_empty_class_is_told_how_it_fills(site, cast, foreign):
    site.remove(cast.stranger)
    with site.database.writing() as session:
        deactivate_others(session, foreign.course_id, {cast.elsewhere.person_id}, site.clock() + timedelta(days=1))
    answer = site.browser(cast.elsewhere).get(address(foreign, "participation", "class"))
    assert "There are no students here yet." in answer.text
    assert not answer.page.all("table")


def test_a_blind_discussion_has_pseudonyms_and_no_groups(site, cast):
    blind = site.discussion(anonymity=Anonymity.BLIND)
    site.write(cast.ana, blind)
    browser, path = site.browser(cast.ines), address(blind, "participation", "class")
    for each in (path, f"{path}?group=1", f"{path}/export?kind=csv"):
        told = (
            browser.get(each).html
            if "export" not in each
            else browser.client.get(each, base_url="https://localhost").text
        )
        assert not any(
            word in told for student in cast.students for word in (student.name, f"grading/{student.person_id}")
        )
    page = browser.get(path).page
    assert len(names(page)) == 3
    assert "Name not available" not in page.text
    link = next(link.attrs["href"] for link in page.one("tbody").all("a") if "#p" in link.attrs["href"])
    assert browser.get(link.partition("#")[0]).status == 200


def test_ways_lead_there(site, cast, discussion, path):
    for page in (address(discussion), address(discussion, "grading")):
        assert path in {link.attrs.get("href") for link in site.browser(cast.ines).get(page).page.all("a")}
        if "grading" not in page:
            assert path not in {link.attrs.get("href") for link in site.browser(cast.ana).get(page).page.all("a")}


def test_the_file_has_every_verdict(site, cast, discussion, lived, path):
    answer = site.browser(cast.ines).client.get(f"{path}/export?kind=csv&find=ana", base_url="https://localhost")
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
    head, ana = answer.text.removeprefix("\ufeff").splitlines()
    assert head.startswith("Student,Work,Posts,First post,First post: done,First post: required,First post: met")
    assert ana.startswith(f"Ana Brandt,complete,3,complete,7,5,{site.clock():%Y-%m-%dT%H:%M}+00:00")


def test_no_name_is_a_formula(site, cast, discussion, path):
    with site.database.writing() as session:
        session.get(Person, cast.ben.person_id).name = '=HYPERLINK("https://evil.example","Ben")'
        session.get(Person, cast.chi.person_id).name = "@SUM(A1)"
    client = site.browser(cast.ines).client
    told = client.get(f"{path}/export?kind=csv", base_url="https://localhost").text
    assert "\"'=HYPERLINK" in told
    assert "\n'@SUM" in told
    book = client.get(f"{path}/export?kind=xlsx", base_url="https://localhost")
    assert book.content_type.endswith("spreadsheetml.sheet")
    sheet = ZipFile(io.BytesIO(book.data)).read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert "=HYPERLINK(" in sheet
    assert 't="inlineStr"' in sheet


def test_a_section_narrows_it(site, cast, discussion, lived, path):
    with site.database.writing() as session:
        told = {"s1": "Section 1"}
        record_lms_groups(session, cast.course_id, cast.ben.person_id, GroupKind.LMS_SECTION, told)
        group_id = session.scalars(select(Group.id)).one()
    browser = site.browser(cast.ines)
    assert f"{group_id}" in {o.attrs["value"] for o in browser.get(path).page.one("select", name="group").all("option")}
    assert names(browser.get(f"{path}?group={group_id}").page) == ["Ben Carter"]
    assert "No student matches" in browser.get(f"{path}?group=4711").text


def test_an_assistant_with_students_sees_these_first(site, cast, discussion, lived, path):
    with site.database.writing() as session:
        mine = {"grader_id": cast.tariq.person_id, "person_id": cast.chi.person_id}
        assign_grader(session, cast.ines, discussion, **mine)
    tariq = site.browser(cast.tariq)
    assert names(tariq.get(path).page) == ["Chi Nguyen"]
    assert len(names(tariq.get(f"{path}?grader=all").page)) == 3
    assert len(names(site.browser(cast.ines).get(path).page)) == 3


def test_statements_do_not_grow_with_the_class(site, cast, discussion, lived, path):
    browser = site.browser(cast.ines)
    few = costs(site, lambda: browser.get(path))
    for author in cast.students:
        site.write(author, discussion, to=lived)
    assert costs(site, lambda: browser.get(path)) == few <= 8


def test_those_who_miss_something_can_be_messaged(site, cast, discussion, lived, path):
    browser = site.browser(cast.tariq)
    page = browser.get(f"{path}?state=undone").page
    form = page.one("form", method="post", action=f"/courses/{cast.course_id}/messages/new")
    assert form.one("button").text == "Message 2 students …"
    people = [f"{cast.ben.person_id}", f"{cast.chi.person_id}"]
    written = browser.post(form.attrs["action"], **values_of(form), do="write").page
    assert written.one("input", name="subject").attrs["value"] == discussion.title
    assert [box.attrs["value"] for box in written.all("input", name="person") if "checked" in box.attrs] == people
    blind = site.discussion(anonymity=Anonymity.BLIND)
    assert "Message" not in browser.get(address(blind, "participation", "class")).page.one("main").text
