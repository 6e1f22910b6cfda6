"""GET and POST …/grading/points: points for participation in a gradebook column, as graders and students see them."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import update

from lti_app.discussion.discussions.models import Discussion
from lti_app.discussion.discussions.rules import Anonymity
from lti_app.grading.assessments.actions.bulk import excuse
from lti_app.grading.passbacks.actions.reading_back import claim_column, finish_read
from lti_app.grading.passbacks.models import PointsPassback
from lti_app.grading.passbacks.ports import ColumnReading
from lti_app.grading.passbacks.rules.states import PassbackState, ReadBack, ScoreKind, Shown
from lti_app.participation.requirements.points import PointsUse
from lti_app.participation.requirements.registry import to_stored
from lti_app.web.forms.gradebook_columns import OFFERS
from tests.cast import arrive
from tests.factories.discussions import ASKED, PAID
from tests.factories.passbacks import points_sent
from tests.web.questions import costs, refused, refuses_methods, refuses_no_visit, refuses_unsafe_posts
from tests.web.site import address

COLUMN = "Managers and leaders: participation"


@pytest.fixture
def paid(site, cast):
    """Two points for the first post, three for two replies; the week is over and Ana alone has posted."""
    discussion = site.discussion(**PAID)
    site.write(cast.ana, discussion)
    site.clock.move(days=8)
    return discussion


@pytest.fixture
def path(paid):
    return address(paid, "grading", "points")


def rows(answer):
    """By student: the cells behind the name."""
    found = answer.page.one("tbody").all("tr")
    return {row.one("th").text: [cell.text for cell in row.all("td")][-4:] for row in found}


def ticks(answer, *, checked=False):
    boxes = [box for box in answer.page.all("input") if box.attrs.get("name") == "tick"]
    return [box.attrs["value"] for box in boxes if not checked or "checked" in box.attrs]


def sent(site, discussion):
    with site.read() as session:
        found = points_sent(session, discussion.id)
    return {person_id: each.report.given for person_id, each in found.items()}


def read_points(site, shown):
    """The worker reads the column of points."""
    with site.database.writing() as session:
        claimed = claim_column(session, site.clock() + timedelta(days=30), lease=timedelta(minutes=5))
        assert claimed.kind is ScoreKind.POINTS
        (part,) = claimed.parts
        reading = ColumnReading("1/points", part.label, claimed.versions.keys(), shown, "", part.key)
        finish_read(session, claimed, [reading], now=site.clock())


def send_all(site, path):
    browser = site.browser(site.cast.tariq)
    return browser, browser.post(path, action="send", tick=ticks(browser.get(path)))


def test_everybody_is_listed_and_selected_once_nothing_can_be_earned_any_more(site, cast, path):
    page = site.browser(cast.tariq).get(path)
    assert f"Points go to the gradebook column “{COLUMN}”, 5 points at most. Nothing has been sent yet." in page.text
    found = rows(page)
    assert found["Ana Brandt"] == ["2 of 5", "nothing yet", "", ""]
    assert [cells[0] for cells in found.values()] == ["2 of 5", "0 of 5", "0 of 5"]
    assert ticks(page, checked=True) == ticks(page)
    assert "3 students’ points have not been sent." in page.text


def test_who_can_still_earn_points_is_not_selected_at_first(site, cast):
    discussion = site.discussion(**PAID)
    path = address(discussion, "grading", "points")
    browser = site.browser(cast.ines)
    page = browser.get(path)
    assert (len(ticks(page)), ticks(page, checked=True)) == (3, [])
    assert "0 of 5 more can still be earned" in page.text
    assert len(ticks(browser.get(f"{path}?tick=all"), checked=True)) == 3
    assert ticks(browser.get(f"{path}?tick=none"), checked=True) == []
    assert ticks(browser.get(f"{path}?tick=other"), checked=True) == []


def test_points_are_sent_and_told_with_what_became_of_them(site, cast, paid, path):
    browser, answer = send_all(site, path)
    assert (answer.status, answer.location) == (303, path)
    assert sent(site, paid) == {cast.ana.person_id: 2, cast.ben.person_id: 0, cast.chi.person_id: 0}
    page = browser.get(path)
    assert "Sending the points of 3 students." in page.text
    assert rows(page)["Ana Brandt"][3] == "being sent"
    assert ticks(page) == []
    assert site.bell.rings
    site.lms_answers()
    assert rows(browser.get(path))["Ana Brandt"][3] == "sent"
    read_points(
        site,
        {each.person_id: Shown(Decimal(0), Decimal(5)) for each in cast.students[1:]}
        | {cast.ana.person_id: Shown(Decimal(2), Decimal(5))},
    )
    page = browser.get(path)
    assert "3 of 3 scores are confirmed in the LMS." in page.text
    assert rows(page)["Ana Brandt"][2:] == ["2 of 5", "✓ confirmed"]


def test_a_difference_is_told_on_every_page_and_sent_when_chosen(site, cast, paid, path):
    send_all(site, path)
    site.lms_answers()
    own = {kind: each for kind, each in PAID["own"].items() if kind == "first_post"}
    stored = [dict(each) for each in to_stored(ASKED, own, use=PAID["use"])]
    with site.database.writing() as session:
        session.execute(update(Discussion).values(requirements=stored))
    browser = site.browser(cast.tariq)
    page = browser.get(path)
    state = rows(page)["Ana Brandt"][3]
    assert state == "sent Differs: 2 of 5 sent, would be 2 of 2 now."
    assert "1 student’s points differ from what was sent." in page.text
    assert ticks(page, checked=True) == []
    assert len(ticks(browser.get(f"{path}?tick=differs"), checked=True)) == 1
    desk = browser.get(address(paid, "grading")).text
    assert "1 student’s participation points differ from what was sent." in desk
    assert "now 2" in browser.get(address(paid, "grading", cast.ana.person_id)).text
    own_page = site.browser(cast.ana).get(address(paid)).text
    assert f"In your gradebook as “{COLUMN}”: 2 of 5. Sent to the gradebook" in own_page
    assert "Your instructor decides whether to send it again." in own_page
    browser.post(path, action="send", tick=ticks(page))
    site.lms_answers()
    page = browser.get(path)
    assert rows(page)["Ana Brandt"][3] == "sent"
    read_points(site, {cast.ana.person_id: Shown(Decimal(5), Decimal(5))})
    assert "The column in the LMS has 5 points and this rule has 2." in browser.get(path).text


def test_what_changed_since_the_page_was_opened_is_left_alone(site, cast, paid, path):
    browser = site.browser(cast.tariq)
    seen = ticks(browser.get(path))
    with site.database.writing() as session:
        excuse(session, cast.ines, paid, [cast.ben.person_id], is_excused=True, now=site.clock())
    browser.post(path, action="send", tick=[*seen, "999999:x", "b1:x", "nobody"])
    assert sent(site, paid) == {cast.ana.person_id: 2, cast.chi.person_id: 0}
    page = browser.get(path)
    assert "The points of 1 student changed since you opened this page and were left alone." in page.text
    assert rows(page)["Ben Carter"][3] == "Excused: nothing is sent."


def test_points_changed_in_the_lms_are_kept_or_replaced(site, cast, paid, path):
    browser, _answer = send_all(site, path)
    site.lms_answers()
    ours = {each.person_id: Shown(Decimal(0), Decimal(5)) for each in cast.students[1:]}
    read_points(site, ours | {cast.ana.person_id: Shown(Decimal(2), Decimal(5))})
    read_points(site, ours | {cast.ana.person_id: Shown(Decimal(4), Decimal(5))})
    page = browser.get(path)
    assert "The LMS does not show the participation points of 1 student" in browser.get(address(paid, "grading")).text
    (tick,) = ticks(page)
    assert rows(page)["Ana Brandt"][3].startswith("! the LMS shows 4, changed there Someone changed this grade")
    browser.post(path, action="keep", tick=tick)
    page = browser.get(path)
    assert "The LMS points of 1 student kept." in page.text
    assert rows(page)["Ana Brandt"][3].startswith("LMS grade kept: 4")
    browser.post(path, action="keep", tick=tick)
    assert "changed since you opened this page" in browser.get(path).text
    browser.post(path, action="send", tick=ticks(browser.get(path)))
    with site.read() as session:
        row = session.query(PointsPassback).filter_by(person_id=cast.ana.person_id).one()
        assert (row.state, row.read_back, row.sends_unseen) == (PassbackState.PENDING, ReadBack.UNCHECKED, True)


def test_what_the_lms_refused_is_told_and_sent_again(site, cast, path):
    browser, _answer = send_all(site, path)
    site.lms_answers("no_columns")
    page = browser.get(path)
    assert "The LMS does not allow this tool to add gradebook columns." in rows(page)["Ana Brandt"][3]
    assert "Send 3 failed scores again" in page.text
    assert browser.post(f"{path}/retry").status == 303
    assert "Sending the points of 3 students." in browser.get(path).text
    site.lms_answers()
    assert "Check the gradebook" in browser.get(path).text
    assert browser.post(f"{path}/check").status == 303
    assert site.bell.checks == 1


def test_nothing_selected_changes_nothing(site, cast, paid, path):
    browser = site.browser(cast.tariq)
    browser.post(path, action="send")
    assert "Nothing was changed. Select at least one student first." in browser.get(path).text
    assert sent(site, paid) == {}


def test_a_discussion_without_a_column_has_no_such_page(site, cast, discussion):
    path = address(discussion, "grading", "points")
    refused(site.browser(cast.ines).get(path), 404)
    refused(site.browser(cast.ines).post(path, action="send"), 404)
    assert "Participation points" not in site.browser(cast.ines).get(address(discussion, "grading")).text


def test_what_was_sent_is_still_told_once_points_have_no_column(site, cast, paid, path):
    browser, _answer = send_all(site, path)
    seen = ticks(site.browser(cast.tariq).get(f"{path}?tick=all"))
    stored = [dict(each) for each in to_stored(ASKED, PAID["own"], use=PointsUse())]
    with site.database.writing() as session:
        session.execute(update(Discussion).values(requirements=stored))
    page = browser.get(path)
    assert "Participation points no longer go to a gradebook column." in page.text
    assert ticks(page) == seen == []
    browser.post(path, action="send", tick=f"{cast.ana.person_id}:x")
    assert "participation points no longer go to a gradebook column" in browser.get(path).text


def test_while_names_are_hidden_nothing_can_be_selected(site, cast):
    discussion = site.discussion(**PAID, anonymity=Anonymity.BLIND)
    site.write(cast.ana, discussion)
    path, browser = address(discussion, "grading", "points"), site.browser(cast.ines)
    page = browser.get(path)
    assert "points are sent only with each released grade" in page.text
    assert "Ana Brandt" not in page.text
    assert ticks(page) == []
    key = page.page.one("tbody").all("a")[0].attrs["href"].rsplit("/", 1)[-1]
    browser.post(path, action="send", tick=f"{key}:x")
    assert "while names are hidden, points are sent with the released grades" in browser.get(path).text
    assert sent(site, discussion) == {}


def test_a_lms_that_adds_no_columns_is_told(site, cast, path, monkeypatch):
    monkeypatch.setitem(site.app.extensions, OFFERS, lambda *_args, **_more: "no_columns")
    assert "Ask an administrator to allow it to manage columns" in site.browser(cast.ines).get(path).text


@pytest.mark.parametrize(("who", "status"), [("ana", 403), ("olga", 403), ("elsewhere", 401)])
def test_others_may_neither_look_nor_send(site, cast, paid, *, path, who, status):
    browser = site.browser(getattr(cast, who))
    for more in ("", "/retry", "/check"):
        token = browser.token(f"/courses/{getattr(cast, who).course_id}")
        refused(browser.send(path + more, data={"csrf_token": token}), status)
    refused(browser.get(path), status)
    assert sent(site, paid) == {}


def test_refusals(site, cast, path):
    refuses_methods(site, cast.ines, path, "PUT", "DELETE")
    refuses_no_visit(site, path)
    for more in ("", "/retry", "/check"):
        refuses_unsafe_posts(site, cast.ines, path + more)


def test_statements_do_not_grow_with_the_class(site, cast, paid, path):
    send_all(site, path)
    browser = site.browser(cast.tariq)
    few = costs(site, lambda: browser.get(path))
    with site.database.writing() as session:
        for number in range(10):
            arrive(session, cast.course_id, f"Nora {number}", cast.ana.role, now=site.clock())
    assert costs(site, lambda: browser.get(path)) == few


def test_a_student_sees_what_the_points_are_for(site, cast, paid, path):
    browser = site.browser(cast.ana)
    assert f"2 of 5 points. They go to your gradebook as “{COLUMN}”." in browser.get(address(paid)).text
    counted = browser.get(address(paid, "participation")).text
    assert f"These points go to the gradebook column “{COLUMN}”" in counted
    assert "What changes after that is sent only when your instructor chooses to." in counted
    send_all(site, path)
    assert f"In your gradebook as “{COLUMN}”: 2 of 5. Being sent to the gradebook." in browser.get(address(paid)).text


@pytest.mark.parametrize(
    ("use", "words"),
    [
        (PointsUse(), "2 of 5 points. Your grade does not follow from them."),
        (PointsUse(1), "2 of 5 points. They suggest the level of “Content and argument” in the rubric."),
    ],
    ids=["nothing", "criterion"],
)
def test_a_student_sees_that_points_go_to_no_column(site, cast, use, words):
    discussion = site.discussion(**{**PAID, "use": use})
    site.write(cast.ana, discussion)
    assert words in site.browser(cast.ana).get(address(discussion)).text


def test_the_desk_tells_of_each_student(site, cast, paid, path):
    browser = site.browser(cast.tariq)
    student = address(paid, "grading", cast.ana.person_id)
    assert "Participation points: 2 of 5 sent when you release the grade" in browser.get(student).text
    site.mark(paid, cast.ana)
    assert "Participation points that were not sent yet go along." in browser.get(address(paid, "grading")).text
    browser.post(address(paid, "grading", "release"))
    site.lms_answers()
    assert "in the gradebook: 2 of 5 sent" in browser.get(student).text
    found = browser.get(address(paid, "grading")).page.one("tbody").all("tr")
    assert [row.all("td")[-1].text for row in found] == ["2 of 5 sent", "", ""]
    history = browser.get(f"{student}/history").text
    assert "Participation points sent" in history
    assert "participation: 2 of 5" in history


def test_the_table_of_the_class_and_its_files_have_points_and_what_was_sent(site, cast, paid, path):
    send_all(site, path)
    site.lms_answers()
    table, browser = address(paid, "participation", "class"), site.browser(cast.tariq)
    found = browser.get(f"{table}?sort=-points").page.one("tbody").all("tr")
    assert [cell.text for cell in found[0].all("td")][-2:] == ["2 of 5", "2 of 5 sent"]
    head, first, *_others = browser.get(f"{table}/export?kind=csv").html.lstrip("\ufeff").splitlines()
    assert head.endswith("Points,Points possible,Points sent,Points sent of,Gradebook")
    assert first.endswith(",2,5,2,5,sent")
    assert browser.get(f"{table}/export?kind=xlsx").status == 200


def test_the_table_of_a_class_without_points_has_none(site, cast, discussion):
    table, browser = address(discussion, "participation", "class"), site.browser(cast.tariq)
    assert "Points" not in browser.get(f"{table}/export?kind=csv").html
    assert "Points" not in [each.text for each in browser.get(table).page.one("thead").all("th")]
