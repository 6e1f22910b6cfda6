"""Writing to students."""

import pytest

from tests.factories.notices import seen_by
from tests.web.questions import refused


@pytest.fixture
def where(cast):
    return f"/courses/{cast.course_id}/messages/new"


def own(site, actor):
    with site.database.read() as session:
        return [
            (line.words.values["name"], line.subject, line.text) for line in seen_by(session, actor, now=site.clock())
        ]


def send(browser, where, *people, text="Do come to my office hour.", subject="Your draft"):
    token = browser.token(where)
    data = {"csrf_token": token, "subject": subject, "text": text, "person": [str(each.person_id) for each in people]}
    return browser.send(where, "POST", data=data)


def test_each_gets_it_alone(site, cast, where):
    browser = site.browser(cast.tariq)
    assert send(browser, where, cast.ana, cast.ben).status == 303
    assert site.bell.told == 1
    for student in (cast.ana, cast.ben):
        assert own(site, student) == [("Tariq Haddad", "Your draft", "Do come to my office hour.")]
    assert own(site, cast.chi) == []
    listed = site.browser(cast.ana).get(f"/courses/{cast.course_id}/notices").text
    assert "Message from Tariq Haddad." in listed
    assert "Ben" not in listed
    assert "to 2 students" in browser.get(where).text


def test_a_second_click_sends_once_and_other_words_send_again(site, cast, where):
    browser = site.browser(cast.ines)
    for _ in range(2):
        assert send(browser, where, cast.ana).status == 303
    assert len(own(site, cast.ana)) == 1
    assert send(browser, where, cast.ana, text="Another thing.").status == 303
    assert send(browser, where, cast.ana, cast.ben).status == 303
    assert len(own(site, cast.ana)) == 3


def test_the_address_chooses_the_students(site, cast, where):
    asked = f"{where}?person={cast.ana.person_id}&person={cast.stranger.person_id}&subject=Hello"
    shown = site.browser(cast.ines).get(asked)
    boxes = [each for each in shown.page.all("input") if each.attrs.get("name") == "person"]
    assert [(box.attrs["value"], "checked" in box.attrs) for box in boxes] == [(str(cast.ana.person_id), True)]
    assert shown.page.one("input", name="subject").attrs["value"] == "Hello"


def test_a_table_posts_whom_it_shows_and_nothing_is_sent_yet(site, cast, where):
    browser = site.browser(cast.ines)
    people = f"{cast.ben.person_id},{cast.ana.person_id},{cast.stranger.person_id},x,,²,{'9' * 40}"
    data = {"csrf_token": browser.token(where), "people": people, "subject": "Week 3", "do": "write"}
    shown = browser.send(where, "POST", data=data)
    boxes = [each for each in shown.page.all("input") if each.attrs.get("name") == "person"]
    assert [box.attrs["value"] for box in boxes] == [f"{cast.ana.person_id}", f"{cast.ben.person_id}"]
    assert all("checked" in box.attrs for box in boxes)
    assert shown.page.one("input", name="subject").attrs["value"] == "Week 3"
    assert "To 2 students" in shown.text
    assert own(site, cast.ana) == []
    assert site.bell.told == 0


def test_all_students_at_once(site, cast, where):
    browser = site.browser(cast.ines)
    assert "All 3 students" in browser.get(where).text
    data = {"csrf_token": browser.token(where), "text": "Welcome.", "everyone": "yes"}
    assert browser.send(where, "POST", data=data).status == 303
    assert [len(own(site, student)) for student in cast.students] == [1, 1, 1]
    assert own(site, cast.olga) == own(site, cast.tariq) == []
    kept = browser.send(where, "POST", data={**data, "text": ""})
    assert (kept.status, "checked" in kept.page.one("input", name="everyone").attrs) == (422, True)


def test_only_students_of_the_course_get_it(site, cast, where):
    browser = site.browser(cast.ines)
    answer = send(browser, where, cast.stranger, cast.tariq)
    assert (answer.status, "Choose at least one student" in answer.text) == (422, True)
    assert "Do come to my office hour." in answer.text
    assert send(browser, where, cast.stranger, cast.chi).status == 303
    assert own(site, cast.stranger) == []
    assert len(own(site, cast.chi)) == 1


@pytest.mark.parametrize(("subject", "text"), [("x", " \u200b "), ("x", ""), ("x" * 151, "y"), ("x", "y" * 5001)])
def test_a_message_without_words_or_with_too_many_is_not_sent(site, cast, where, subject, text):
    assert send(site.browser(cast.ines), where, cast.ana, subject=subject, text=text).status == 422
    assert own(site, cast.ana) == []


def test_students_and_observers_write_to_nobody(site, cast, where):
    for person in (cast.ana, cast.olga):
        browser = site.browser(person)
        refused(browser.get(where), 403)
        token = browser.token(f"/courses/{cast.course_id}")
        data = {"csrf_token": token, "text": "Hello", "person": str(cast.ben.person_id)}
        refused(browser.send(where, "POST", data=data), 403, kept="Hello")
