"""…/participation/signals: why each fired, dismissing, the rules, and who may."""

import csv
import io
import re
from datetime import timedelta

import pytest

from lti_app.discussion.discussions.rules import Anonymity
from tests.factories.discussions import WEEK
from tests.web.browser import BASE, Answer
from tests.web.page import values_of
from tests.web.questions import costs, refused, refuses_methods, refuses_no_visit, refuses_unsafe_posts


@pytest.fixture
def path(cast):
    return f"/courses/{cast.course_id}/participation/signals"


@pytest.fixture
def fired(site, cast, discussion):
    """A day before first posts are due: Ana wrote and nobody answered, Ben has opened the discussion, Chi has not."""
    site.write(cast.ana, discussion)
    site.browser(cast.ben).get(f"/courses/{cast.course_id}/discussions/{discussion.id}")
    site.clock.now = WEEK.first_post_due - timedelta(hours=23)
    return site.browser(cast.ines)


def shown(answer, kind):
    """The lines of one kind, as text."""
    section = [each for each in answer.page.all("section") if each.attrs.get("aria-labelledby") == f"kind-{kind}"]
    return [row.text for each in section for row in each.one("tbody").all("tr")]


def form_of(answer, name):
    """The form of the line about this student."""
    row = next(row for row in answer.page.all("tr") if name in row.text and row.all("form"))
    return row.one("form")


def send(browser, form):
    return browser.post(form.attrs["action"], **values_of(form))


def test_each_signal_has_its_rule_and_its_evidence(fired, path, discussion):
    answer = fired.get(path)
    (unopened,) = shown(answer, "not_opened")
    assert "Chi Nguyen" in unopened
    assert "Has not opened the discussion. The first post is due" in unopened
    assert "24 hours before the first post is due" in answer.text
    (unanswered,) = shown(answer, "unanswered")
    assert "Ana Brandt" in unanswered
    assert "2 days later nobody has answered" in answer.text
    links = [each.attrs["href"] for each in answer.page.all("a")]
    assert f"{path.partition('/participation')[0]}/discussions/{discussion.id}?at=1#p1" in links


def test_signals_can_be_saved(fired, path, site, cast):
    send(fired, form_of(fired.get(path), "Ana Brandt"))
    answer = fired.get(f"{path}/export?kind=csv")
    head, *rows = csv.reader(io.StringIO(answer.body.decode("utf-8-sig")))
    assert len(head) == len(rows[0]) == 7
    assert [row[1] for row in rows] == ["Chi Nguyen", "Ana Brandt"]
    assert "Has not opened the discussion. The first post is due" in rows[0][3]
    assert "<" not in rows[0][3]
    assert (rows[0][5:], rows[1][6]) == (["", ""], "Ines Navarro")
    assert fired.get(f"{path}/export?kind=xlsx").body.startswith(b"PK")
    refused(site.browser(cast.ana).get(f"{path}/export"), 403)


def test_opening_is_recorded_once_and_of_students_alone(site, cast, discussion, path):
    here = f"/courses/{cast.course_id}/discussions/{discussion.id}"
    site.clock.now = WEEK.first_post_due
    for actor, left in ((cast.ines, 3), (cast.tariq, 3), (cast.ben, 2), (cast.ben, 2), (cast.ana, 1)):
        assert site.browser(actor).get(here).status == 200
        assert len(shown(site.browser(cast.ines).get(path), "not_opened")) == left
    student = site.browser(cast.ben)
    assert costs(site, lambda: student.get(here)) == costs(site, lambda: student.get(here))


def test_a_preview_as_a_student_opens_nothing_for_the_instructor(site, cast, discussion):
    here = f"/courses/{cast.course_id}/discussions/{discussion.id}"
    preview = site.browser(cast.ines, role=cast.ana.role)
    with site.statements() as sent:
        assert preview.get(here).status == 200
    assert not [each for each in sent if each.startswith("INSERT INTO seen")]


def test_a_dismissed_signal_stays_away_until_it_changes(site, cast, fired, path, discussion):
    assert send(fired, form_of(fired.get(path), "Ana")).status == 303
    page = fired.get(path)
    assert shown(page, "unanswered") == []
    assert "1 dismissed signal" in page.text
    assert "Dismissed by Ines Navarro" in page.text
    site.write(cast.ana, discussion, "Another thought on leaders.")
    (line,) = shown(fired.get(path), "unanswered")
    assert "any of 2 posts" in line


def test_a_dismissal_can_be_taken_back(fired, path):
    send(fired, form_of(fired.get(path), "Ana"))
    assert send(fired, form_of(fired.get(path), "Ana")).status == 303
    page = fired.get(path)
    assert len(shown(page, "unanswered")) == 1
    assert "dismissed signal" not in page.text


def test_a_signal_that_has_changed_is_not_dismissed(site, cast, fired, path, discussion):
    form = form_of(fired.get(path), "Ana")
    site.write(cast.ana, discussion, "Another thought on leaders.")
    send(fired, form)
    page = fired.get(path)
    assert "this signal has changed" in page.text
    assert len(shown(page, "unanswered")) == 1
    again = form_of(page, "Ana")
    send(fired, again)
    send(fired, again)  # a second click
    assert shown(fired.get(path), "unanswered") == []
    form = form_of(fired.get(path), "Ana")
    assert send(fired, form).status == send(fired, form).status == 303
    assert "is not dismissed any more" in fired.get(path).text


def test_what_is_made_up_is_not_dismissed(fired, path):
    for token in ("", "silent.0.0.0", "unanswered.1.999.0", "x" * 300):
        fired.post(f"{path}/dismiss", signal=token, state="1", csrf_token=fired.token(path))
        assert "this signal has changed" in fired.get(path).text


def test_the_rules_decide(fired, path):
    rules = f"{path}/rules"
    answer = fired.post_form(rules, rules, unanswered_days="3", not_opened_on=None)
    assert (answer.status, answer.location) == (303, path)
    page = fired.get(path)
    assert (shown(page, "unanswered"), shown(page, "not_opened")) == ([], [])
    assert "No signals right now" in page.text
    form = values_of(next(each for each in fired.get(rules).page.all("form") if "sheet" in each.classes))
    assert (form["unanswered_days"], "not_opened_on" in form) == ("3", False)
    fired.post_form(rules, rules, action="reset")
    assert len(shown(fired.get(path), "unanswered")) == 1


@pytest.mark.parametrize("wrong", ["", "x", "-1", "61", "1.5", "9" * 30])
def test_numbers_that_make_no_sense_are_refused_and_kept(fired, path, wrong):
    rules = f"{path}/rules"
    answer = fired.post_form(rules, rules, unanswered_days=wrong)
    assert answer.status == 422
    assert "Enter a whole number" in answer.text
    assert len(shown(fired.get(path), "unanswered")) == 1


def counted(answer):
    """What the page says below each sentence, by kind."""
    return {each.attrs["data-part"]: each.text for each in answer.page.all("p") if "data-part" in each.attrs}


def rules_form(answer):
    return values_of(next(each for each in answer.page.all("form") if "sheet" in each.classes))


def test_each_rule_is_a_sentence_with_its_numbers_in_it_and_says_what_it_gives(fired, path):
    answer = fired.get(f"{path}/rules")
    lines = [each for each in answer.page.all("p") if "sentence" in each.classes]
    assert len(lines) == 5
    assert "Tell me who has not opened a discussion" in lines[0].text
    assert [each.attrs["value"] for each in lines[0].all("input")] == ["24"]
    assert [each.attrs["name"] for each in lines[3].all("input")] == ["dominating_percent", "dominating_replies"]
    assert counted(answer) == {
        "not_opened": "1 signal now.",
        "silent": "0 signals now.",
        "unanswered": "1 signal now.",
        "dominating": "0 signals now.",
        "uncited": "0 signals now.",
    }


def test_numbers_are_counted_before_they_are_saved(fired, path):
    rules = f"{path}/rules"
    answer = fired.post_form(rules, rules, action="preview", unanswered_days="3", not_opened_on=None)
    assert answer.status == 200
    assert counted(answer)["unanswered"] == "0 signals now."
    assert counted(answer)["not_opened"] == "Off. It would give 1 signal now."
    assert rules_form(answer)["unanswered_days"] == "3"
    assert rules_form(fired.get(rules))["unanswered_days"] == "2"


def test_a_dismissed_signal_is_not_counted_as_one_that_is_shown(fired, path):
    send(fired, form_of(fired.get(path), "Ana"))
    assert counted(fired.get(f"{path}/rules"))["unanswered"] == "0 signals now. 1 more is dismissed."


def test_scripts_get_the_counts_alone(site, fired, path):
    rules = f"{path}/rules"
    data = {**rules_form(fired.get(rules)), "action": "preview", "unanswered_days": "x"}
    scripted = {"X-Requested-With": "fetch", "Referer": f"{BASE}{rules}"}

    def ask():
        return Answer(fired.client.post(rules, base_url=BASE, data=data, headers=scripted))

    answer = ask()
    assert (answer.status, "<html" in answer.html) == (200, False)
    said = dict(re.findall(r'data-part="(\w+)">([^<]*)<', answer.html))
    assert said["unanswered"] == "Not counted: a number needs a change."
    assert said["not_opened"] == "1 signal now."
    assert costs(site, ask) <= 11


def test_counting_is_for_instructors_with_our_form(site, cast, fired, path):
    data = {**rules_form(fired.get(f"{path}/rules")), "action": "preview"}
    browser = site.browser(cast.tariq)
    theirs = {**data, "csrf_token": browser.token(f"/courses/{cast.course_id}")}
    refused(browser.send(f"{path}/rules", data=theirs), 403)
    refused(fired.send(f"{path}/rules", data={**data, "csrf_token": ""}), 401)


def test_defaults_come_back_even_over_numbers_that_make_no_sense(fired, path):
    rules = f"{path}/rules"
    fired.post_form(rules, rules, unanswered_days="7")
    assert fired.post_form(rules, rules, action="reset", unanswered_days="x").status == 303
    assert rules_form(fired.get(rules))["unanswered_days"] == "2"


def test_of_two_instructors_the_second_is_told(site, cast, fired, path):
    rules = f"{path}/rules"
    stale = values_of(next(each for each in fired.get(rules).page.all("form") if "sheet" in each.classes))
    fired.post_form(rules, rules, silent_days="20")
    answer = fired.post(rules, **{**stale, "silent_days": "30"})
    assert answer.status == 409
    assert "another instructor has changed the rules" in answer.text
    assert "for 20 days" in answer.text
    again = values_of(next(each for each in answer.page.all("form") if "sheet" in each.classes))
    assert again["silent_days"] == "30"
    assert fired.post(rules, **again).status == 303
    assert "for 30 days" in fired.get(path).text


def test_assistants_read_and_change_nothing(site, cast, fired, path):
    browser = site.browser(cast.tariq)
    page = browser.get(path)
    assert shown(page, "unanswered")
    assert not page.page.all("form")
    assert "Change rules" not in page.text
    form = form_of(fired.get(path), "Ana")
    data = {**values_of(form), "csrf_token": browser.token(f"/courses/{cast.course_id}")}
    refused(browser.send(f"{path}/dismiss", data=data), 403)
    refused(browser.send(f"{path}/restore", data=data), 403)
    refused(browser.get(f"{path}/rules"), 403)
    refused(browser.send(f"{path}/rules", data=data), 403)


def test_posts_from_elsewhere_and_other_methods(site, cast, fired, path):
    refuses_no_visit(site, path)
    for place in ("rules", "dismiss", "restore"):
        refuses_unsafe_posts(site, cast.ines, f"{path}/{place}", signal="x", state="x")
    refuses_methods(site, cast.ines, path, "POST", "PUT", "DELETE")


def test_names_stay_hidden_and_keys_are_those_of_pseudonyms(site, cast, path):
    made = site.discussion(anonymity=Anonymity.BLIND)
    site.write(cast.ana, made)
    site.clock.now = WEEK.first_post_due - timedelta(hours=23)
    browser = site.browser(cast.ines)
    page = browser.get(path)
    assert (len(shown(page, "not_opened")), len(shown(page, "unanswered"))) == (2, 1)
    assert not [name for name in ("Ana", "Ben", "Chi", "Brandt", "Carter", "Nguyen") if name in page.text]
    tokens = [each.attrs["value"] for each in page.page.all("input") if each.attrs.get("name") == "signal"]
    assert all(token.split(".")[2].startswith("p") for token in tokens)
    assert "students appear under their pseudonyms" in page.text
    names = [row.partition(" Managers")[0] for row in shown(page, "not_opened")]
    assert names == sorted(names)
    token = page.page.one("section", **{"aria-labelledby": "kind-unanswered"}).one("form")
    assert send(browser, token).status == 303
    assert shown(browser.get(path), "unanswered") == []


def test_hidden_held_and_deleted_posts_are_no_facts(site, cast, fired, path, discussion):
    post = site.write(cast.ben, discussion)
    site.clock.move(days=3)
    fired = site.browser(cast.ines)
    assert len(shown(fired.get(path), "unanswered")) == 2
    here = f"/courses/{cast.course_id}/discussions/{discussion.id}/posts/{post.id}/delete"
    site.browser(cast.ben).post_form(here, here)
    assert len(shown(fired.get(path), "unanswered")) == 1


def test_another_course_has_its_own_signals_and_rules(site, cast, fired, path):
    elsewhere = site.browser(cast.elsewhere)
    other = f"/courses/{cast.elsewhere.course_id}/participation/signals"
    fired.post_form(f"{path}/rules", f"{path}/rules", silent_days="99")
    page = elsewhere.get(other)
    assert "No signals right now" in page.text
    assert "99" not in page.text


def test_the_number_of_statements_is_fixed(site, cast, fired, path):
    few = costs(site, lambda: fired.get(path))
    few_rules = costs(site, lambda: fired.get(f"{path}/rules"))
    for _ in range(3):
        made = site.discussion(post_first=False)
        first = site.write(cast.ana, made)
        for actor in cast.students:
            site.write(actor, made, to=first)
    assert costs(site, lambda: fired.get(path)) == few <= 12
    assert costs(site, lambda: fired.get(f"{path}/rules")) == few_rules <= 12
