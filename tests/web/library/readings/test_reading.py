"""/courses/<id>/readings/<id>: its page, the way to where it is read, its record, and how far one has got."""

import pytest

from lti_app.course.courses.actions import change_settings
from lti_app.course.courses.rules import CitationStyle, CourseSettings, Library
from lti_app.library.readings.actions.passages import find_passages
from lti_app.library.readings.actions.records import add_reading
from lti_app.library.readings.queries import get_reading, list_progress
from tests.web.questions import costs, refused, refuses_no_visit
from tests.web.site import address

HOSTILE = "</title><script>alert(1)</script><img src=x onerror=alert(1)> \"'{{7*7}}"


@pytest.fixture
def kotter(site, cast):
    with site.database.writing() as session:
        csl = {"type": "article-journal", "title": "What leaders really do", "URL": "https://hbr.org/x"}
        csl |= {"author": [{"family": "Kotter"}], "issued": {"date-parts": [[1990]]}}
        return add_reading(session, cast.ines, csl, site.clock())


@pytest.fixture
def path(cast, kotter):
    return f"/courses/{cast.course_id}/readings/{kotter}"


def so_far(site, actor, reading_id):
    with site.read() as session:
        return get_reading(session, actor, reading_id).progress


@pytest.mark.parametrize("who", ["ines", "tariq", "ana", "olga"])
def test_everybody_sees_the_record_in_every_style(site, cast, path, who):
    answer = site.browser(getattr(cast, who)).get(path)
    assert [dt.text for dt in answer.page.one("section", class_="styles").all("dt")] == [
        "APA 7 this course",
        "MLA 9",
        "Chicago 18",
        "Harvard",
    ]
    assert "Kotter. (1990). What leaders really do. https://hbr.org/x" in answer.text
    links = {link.text for link in answer.page.all("a")}
    assert ("Edit" in links) is (who == "ines")


def test_readings_of_others_are_not_there(site, cast, path):
    home = f"/courses/{cast.elsewhere.course_id}/readings"
    for more in ("", "/edit", "/delete", "/open"):
        refused(site.browser(cast.elsewhere).get(f"{home}/{path.rpartition('/')[2]}{more}"), 404)
        refused(site.browser(cast.ines).get(f"{path}9{more}"), 404)
        refuses_no_visit(site, f"{path}{more}")


def test_opening_leads_through_the_library_and_is_noted(site, cast, path, kotter):
    prefix = "https://login.ezproxy.example.edu/login?url="
    with site.database.writing() as session:
        change_settings(session, cast.ines, CourseSettings(CitationStyle.APA, Library.EZPROXY, prefix, "Europe/Berlin"))
    answer = site.browser(cast.ana).get(f"{path}/open")
    assert (answer.status, answer.location) == (303, f"{prefix}https://hbr.org/x")
    assert so_far(site, cast.ana, kotter).opened_at == site.clock()
    assert "opened Mon, Mar 2, 10:00 AM" in site.browser(cast.ana).get(path).text
    assert site.browser(cast.ines).get(f"{path}/open").status == 303
    assert so_far(site, cast.ines, kotter).opened_at is None


def test_a_student_notes_where_they_stopped_and_that_they_are_done(site, cast, path, kotter):
    browser = site.browser(cast.ana)
    browser.post_form(f"{path}/last-page", path, page="107")
    page = browser.get(path)
    assert "last page: p. 107" in page.text
    assert page.page.one("input", name="page").attrs["value"] == "107"
    browser.post_form(f"{path}/read-state", path)
    assert so_far(site, cast.ana, kotter).read_at == site.clock()
    browser.post_form(f"{path}/read-state", path)
    assert so_far(site, cast.ana, kotter).read_at is None
    too_long = browser.post_form(f"{path}/last-page", path, page="x" * 21)
    assert (too_long.status, so_far(site, cast.ana, kotter).page) == (422, "107")


def test_the_viewer_is_answered_without_a_page(site, cast, path, kotter):
    browser = site.browser(cast.ana)
    data = {"csrf_token": browser.token(path.partition("/readings")[0]), "page": "3"}
    headers = {"Referer": "https://localhost/", "X-Requested-With": "fetch"}
    assert browser.send(f"{path}/last-page", data=data, headers=headers).status == 204
    assert so_far(site, cast.ana, kotter).page == "3"


def test_students_see_their_own_state_in_the_discussion(site, cast, path, kotter):
    discussion = site.discussion(reading_ids=(kotter,))
    site.browser(cast.ana).post(f"{path}/last-page", page="107")
    for actor, seen in ((cast.ana, True), (cast.ben, False), (cast.ines, False)):
        assert ("last page: p. 107" in site.browser(actor).get(address(discussion)).text) is seen
        assert ("last page: p. 107" in site.browser(actor).get(f"/courses/{cast.course_id}").text) is seen


def test_staff_see_the_class(site, cast, path, kotter):
    site.browser(cast.ben).post(f"{path}/last-page", page="107")
    text = site.browser(cast.tariq).get(path).text
    assert "1 of 3 students have opened it; 0 of 3 have marked it as read." in text
    assert "Ben Carter Mon, Mar 2, 10:00 AM p. 107" in text
    assert "Ben Carter" not in site.browser(cast.ana).get(path).text
    with site.read() as session:
        assert len(list_progress(session, cast.ines, kotter)) == 3


def test_staff_see_the_class_in_all_required_readings(site, cast, path, kotter):
    other = site.readings()[0]
    site.discussion(reading_ids=(kotter, other), required_ids=frozenset({kotter}))
    site.browser(cast.ben).post(f"{path}/last-page", page="107")
    site.browser(cast.chi).post(f"{path}/read-state", read="1")
    site.browser(cast.chi).post(f"/courses/{cast.course_id}/readings/{other}/read-state", read="1")
    page = site.browser(cast.tariq).get(f"/courses/{cast.course_id}/readings/progress")
    rows = [[cell.text for cell in row.all(*("th", "td"))] for row in page.page.all("tr")]
    assert rows == [
        ["Student", "Kotter 1990"],
        ["Ana Brandt", "not opened"],
        ["Ben Carter", "last page: p. 107 opened Mon, Mar 2, 10:00 AM"],
        ["Chi Nguyen", "read"],
        ["Marked as read", "1 of 3"],
    ]
    links = [link.attrs["href"] for link in page.page.all("a")]
    assert f"/courses/{cast.course_id}/people/{cast.ben.person_id}/posts" in links


def test_the_class_is_for_staff_alone_and_may_have_nothing_to_read(site, cast):
    there = f"/courses/{cast.course_id}/readings/progress"
    assert "No discussion requires a reading yet." in site.browser(cast.ines).get(there).text
    for actor in (cast.ana, cast.olga):
        refused(site.browser(actor).get(there), 403)
        assert "Reading progress" not in site.browser(actor).get(f"/courses/{cast.course_id}").text
    refuses_no_visit(site, there)


def test_the_class_costs_the_same_however_many_readings(site, cast):
    browser, there = site.browser(cast.ines), f"/courses/{cast.course_id}/readings/progress"
    ids = site.readings()
    site.discussion(reading_ids=ids[:1])
    few = costs(site, lambda: browser.get(there))
    site.discussion(title="Another", reading_ids=ids, required_ids=frozenset(ids))
    for reading_id in ids:
        site.browser(cast.ana).post(f"/courses/{cast.course_id}/readings/{reading_id}/last-page", page="3")
    assert costs(site, lambda: browser.get(there)) == few <= 5


def test_few_statements(site, cast, path):
    for actor, most in ((cast.ana, 3), (cast.ines, 4)):
        browser = site.browser(actor)
        assert costs(site, lambda browser=browser: browser.get(path)) <= most


def test_an_edit_says_what_becomes_of_the_label(site, cast, path, kotter):
    browser = site.browser(cast.ines)
    answer = browser.post_form(f"{path}/edit", f"{path}/edit", year="2001")
    assert "It is now cited as Kotter 2001 instead of Kotter 1990." in browser.get(answer.location).text
    with site.database.writing() as session:
        find_passages(session, [(kotter, "5")])
    assert "Posts cite it as Kotter 2001." in browser.get(f"{path}/edit").text
    answer = browser.post_form(f"{path}/edit", f"{path}/edit", year="1999")
    assert "Posts already cite it as Kotter 2001, so that citation stays the same." in browser.get(answer.location).text


def test_two_instructors_do_not_overwrite_each_other(site, cast, path):
    browser = site.browser(cast.ines)
    form = {"version": "1", "title": "T", "kind": "book"}
    assert browser.post(f"{path}/edit", **form).status == 303
    refused(browser.post(f"{path}/edit", **form), 409)


def test_deleting_asks_first_and_is_refused_while_it_is_in_use(site, cast, path, kotter):
    discussion = site.discussion(reading_ids=(kotter,))
    browser = site.browser(cast.ines)
    page = browser.get(f"{path}/delete")
    assert "is in use and can’t be deleted" in page.text
    assert discussion.title in page.text
    assert browser.post(f"{path}/delete").status == 422
    other = site.readings()[0]
    free = f"/courses/{cast.course_id}/readings/{other}"
    answer = browser.post_form(f"{free}/delete", f"{free}/delete")
    assert "was deleted." in browser.get(answer.location).text
    refused(browser.get(free), 404)


def test_hostile_records_are_shown_and_never_obeyed(site, cast):
    browser = site.browser(cast.ines)
    base = f"/courses/{cast.course_id}/readings"
    texts = ("title", "authors", "editors", "container", "publisher", "place")
    fields = dict.fromkeys(texts, HOSTILE) | {"volume": "<b>", "issue": "<i>", "pages": '"><', "edition": "{{7}}"}
    answer = browser.post_form(f"{base}/new", f"{base}/new", **fields)
    for place in (
        answer.location,
        f"{answer.location}/edit",
        f"{answer.location}/delete",
        f"/courses/{cast.course_id}",
    ):
        page = browser.get(place)
        assert page.status == 200
        assert not page.page.all("img")
        assert all("src" in script.attrs for script in page.page.all("script"))
        assert "49" not in page.text
