"""GET …/grading/<person>: one student's posts beside the rubric."""

import re
from types import SimpleNamespace

import pytest
from sqlalchemy import update

from lti_app.discussion.discussions.rules import Anonymity
from lti_app.discussion.moderation.actions import change_post, split_thread
from lti_app.discussion.moderation.rules import ModerationAction
from lti_app.discussion.posts.actions.delete import delete_post
from lti_app.discussion.posts.actions.edit import edit_post
from lti_app.discussion.posts.models import Post
from lti_app.discussion.posts.rules.written import PostContent
from tests.web.page import values_of
from tests.web.questions import costs, refused, refuses_no_visit
from tests.web.site import address


@pytest.fixture
def path(cast, discussion):
    return address(discussion, "grading", cast.ana.person_id)


def marking(answer):
    return next(form for form in answer.page.all("form") if "marking" in form.classes)


@pytest.mark.parametrize("who", ["ines", "tariq"])
def test_posts_stand_in_their_context_with_what_counts(site, cast, discussion, path, who):
    bens = site.write(cast.ben, discussion, "Ben begins with a case from shipping.")
    anas = site.write(cast.ana, discussion)
    site.write(cast.ana, discussion, to=bens)
    site.write(cast.ben, discussion, "An answer that Ana drew.", to=anas)
    answer = site.browser(getattr(cast, who)).get(path)
    assert answer.page.one("h1").text == "Ana Brandt"
    articles = answer.page.all("article")
    assert [article.attrs["id"] for article in articles] == ["p2", "p1.1"]
    assert "counts as first post" in articles[0].text
    assert "An answer that Ana drew." in articles[0].one("details", class_="received").text
    parent = articles[1].one("div", class_="context")
    assert parent.text == "1 Ben Carter Mon, Mar 2, 10:00 AM Ben begins with a case from shipping."
    assert "counts: reply 1 of 2" in articles[1].text
    assert len(marking(answer).all("fieldset")) == 5
    assert not [name for name in values_of(marking(answer)) if name.startswith("criterion")]


def test_a_long_parent_shows_its_first_words_and_all_of_it_on_demand(site, cast, discussion, path):
    bens = site.write(cast.ben, discussion, " ".join(f"Ship {n} sails." for n in range(60)) + " The end.")
    site.write(cast.ana, discussion)
    mine = site.write(cast.ana, discussion, to=bens)
    site.write(cast.ben, discussion, " ".join(f"Port {n} waits." for n in range(60)) + " Finis.", to=mine)
    article = site.browser(cast.ines).get(path).page.all("article")[1]
    for whole, words in zip(article.all("details", class_="whole"), ("The end.", "Finis."), strict=True):
        assert "Show full post" in whole.one("summary").text
        assert words not in whole.one("summary").text
        assert words in whole.one("div", class_="prose").text
    assert article.all("details", class_="received")[0].all("summary")[0].text == "1 reply 1.1"


def test_what_became_of_posts_around_is_told(site, cast, discussion, path):
    first, second = (site.write(cast.ben, discussion, text) for text in ("A harbor master.", "Two wards at night."))
    site.write(cast.ana, discussion)
    for parent, text in ((first, "Who decides there?"), (second, "Nurses lead, too.")):
        mine = site.write(cast.ana, discussion, text, to=parent)
    answer = site.write(cast.ben, discussion, to=mine)
    with site.database.writing() as session:
        delete_post(session, cast.ben, discussion, first.id, now=site.clock())
        reason = {"reason": "Names.", "now": site.clock()}
        change_post(session, cast.ines, discussion, second.id, ModerationAction.HIDE, **reason)
        change_post(session, cast.ines, discussion, answer.id, ModerationAction.HOLD, **reason)
    page = site.browser(cast.ines).get(path).page
    tags = [[tag.text for tag in post.all("span", class_="tag")] for post in page.all("div", class_="context")]
    assert tags == [["deleted"], ["hidden"], ["held for review"]]


def test_the_quotation_check_stands_below_the_post(site, cast, discussion, path):
    reading = SimpleNamespace(id=site.readings()[0], label="Kotter 1990")
    quoted = site.write(cast.ana, discussion)
    found = {"quote": "leaders cope with change", "reading_id": reading.id, "reading": reading.label, "page": "104"}
    with site.database.writing() as session:
        session.execute(update(Post).where(Post.id == quoted.id).values(quotes=[found, {**found, "page": ""}]))
    (checked,) = site.browser(cast.ines).get(path).page.all("ul", class_="quotes")
    assert [line.text for line in checked.all("li")] == [
        f"“leaders cope with change” found in {reading.label}, p. 104",
        f"“leaders cope with change” not found in {reading.label}",
    ]


def test_an_edited_post_leads_to_its_versions(site, cast, discussion, path):
    post = site.write(cast.ana, discussion, "Leaders plan.")
    with site.database.writing() as session:
        edit_post(session, cast.ana, discussion, post.id, PostContent("Leaders align."), version=1, now=site.clock())
    browser = site.browser(cast.ines)
    (link,) = [each for each in browser.get(path).page.all("a") if "data-versions" in each.attrs]
    versions = browser.get(link.attrs["href"]).page.all("section", class_="version")
    assert [each.one("h2").text for each in versions] == ["Version 2 current version", "Version 1"]
    assert versions[0].one("ins").text == "[added: align.]"


def test_saved_marks_are_shown_to_all_graders(site, cast, discussion, path):
    site.mark(discussion, cast.ana, comment="Well <begun>.", criteria=3)
    answer = site.browser(cast.ines).get(path)
    form = values_of(marking(answer))
    chosen = {f"criterion-{c.id}": str(c.levels[0].id) for c in site.rubric(discussion).criteria[:3]}
    assert {name: value for name, value in form.items() if name.startswith("criterion")} == chosen
    assert (form["comment"], form["version"]) == ("Well <begun>.", "1")
    assert "Draft, saved Mon, Mar 2, 10:00 AM. The student can’t see it." in answer.text


def test_whatever_happens_after_the_marks_is_pointed_out(site, cast, discussion, path):
    graded = site.write(cast.ana, discussion)
    reply = site.write(cast.ana, discussion, to=graded)
    site.mark(discussion, cast.ana)
    browser = site.browser(cast.ines)
    assert "Changed after grading" not in browser.get(path).text
    assert "posts changed since grading" not in browser.get(address(discussion, "grading")).text
    site.clock.move(minutes=1)
    site.write(cast.ana, discussion)
    with site.database.writing() as session:
        edit_post(session, cast.ana, discussion, graded.id, PostContent("Else."), version=1, now=site.clock())
        split_thread(session, cast.ines, discussion, reply.id, now=site.clock())
        reason = {"reason": "Names.", "now": site.clock()}
        change_post(session, cast.ines, discussion, reply.id, ModerationAction.HIDE, **reason)
    site.clock.move(minutes=1)
    with site.database.writing() as session:
        delete_post(session, cast.ana, discussion, graded.id, now=site.clock())
    (told,) = [notice for notice in browser.get(path).page.all("div", class_="notice") if "Changed" in notice.text]
    for words in (
        "post 2 written Mon, Mar 2, 10:01 AM",
        "post 1 edited Mon, Mar 2, 10:01 AM",
        "post 3 moved to a new thread Mon, Mar 2, 10:01 AM",
        "post 3 hidden Mon, Mar 2, 10:01 AM",
        "post 1 deleted Mon, Mar 2, 10:02 AM",
    ):
        assert words in told.text
    assert "posts changed since grading" in browser.get(address(discussion, "grading")).text


def edit(site, author, discussion, post, *texts):
    for version, text in enumerate(texts, 1):
        site.clock.move(minutes=1)
        with site.database.writing() as session:
            edit_post(session, author, discussion, post.id, PostContent(text), version=version, now=site.clock())


def test_an_edit_after_grading_shows_what_was_changed_since_then(site, cast, discussion, path):
    graded, untouched = site.write(cast.ana, discussion, "Leaders wait."), site.write(cast.ana, discussion)
    edit(site, cast.ana, discussion, untouched, "Edited before anyone graded it.")
    edit(site, cast.ana, discussion, graded, "Leaders plan and wait.")
    site.mark(discussion, cast.ana)
    browser = site.browser(cast.ines)
    before = costs(site, lambda: browser.get(path))
    assert not browser.get(path).page.all("details", class_="since")
    site.clock.move(minutes=1)
    with site.database.writing() as session:
        for version, text in ((2, "Leaders align and wait."), (3, "Leaders align and motivate.")):
            edit_post(session, cast.ana, discussion, graded.id, PostContent(text), version=version, now=site.clock())
    page = browser.get(path).page
    (changed,) = page.all("details", class_="since")
    assert [each.text for each in changed.all("del")] == ["[removed: plan]", "[removed: wait.]"]
    assert [each.text for each in changed.all("ins")] == ["[added: align]", "[added: motivate.]"]
    (link,) = [each for each in page.all("a") if each.text == "What changed 1"]
    assert link.attrs["href"] == f"#{changed.one('div').attrs['id']}"
    assert costs(site, lambda: browser.get(path)) == before + 1


def test_fate_of_the_grade_is_told(site, cast, discussion, path):
    browser = site.browser(cast.ines)
    site.mark(discussion, cast.ana)
    site.release(discussion, cast.ana)
    assert "Being sent to the gradebook." in browser.get(path).text
    site.lms_answers(refusal="rejected", detail="HTTP 400 <b>bad</b>")
    answer = browser.get(path)
    assert "The gradebook rejected it. The LMS did not accept this grade." in answer.text
    assert "The LMS says: HTTP 400 <b>bad</b>" in answer.text
    site.mark(discussion, cast.ana, version=1, lowest=True)
    site.release(discussion, cast.ana)
    site.lms_answers()
    assert "Gradebook: sent. Sent Mon, Mar 2, 10:00 AM." in browser.get(path).text


def test_neighbours_lead_through_the_class(site, cast, discussion, path):
    browser, found = site.browser(cast.ines), []
    while path:
        page = browser.get(path).page
        found.append(page.one("h1").text)
        path = next((link.attrs["href"] for link in page.all("a", rel="next")), "")
    assert found == ["Ana Brandt", "Ben Carter", "Chi Nguyen"]


@pytest.mark.parametrize("who", ["ana", "ben", "olga"])
def test_others_may_not(site, cast, path, who):
    refused(site.browser(getattr(cast, who)).get(path), 403)


def test_nobody_but_students_of_the_course_is_there(site, cast, discussion, foreign):
    browser = site.browser(cast.ines)
    for person in (cast.stranger.person_id, cast.tariq.person_id, cast.olga.person_id, 0, 4711, 10**30):
        refused(browser.get(address(discussion, "grading", person)), 404)
    site.remove(cast.chi)
    refused(browser.get(address(discussion, "grading", cast.chi.person_id)), 404)
    there = f"/courses/{cast.course_id}/discussions/{foreign.id}/grading"
    refused(browser.get(f"{there}/{cast.ana.person_id}"), 404)
    refused(browser.get(f"{there}/{cast.stranger.person_id}"), 404)


def test_no_visit_is_told_to_come_from_the_course_page(site, path):
    refuses_no_visit(site, path)


def test_wrong_methods_are_refused(site, cast, path):
    browser = site.browser(cast.ines)
    for method in ("PUT", "DELETE", "PATCH"):
        refused(browser.send(path, method), 405)


def test_words_around_related_posts_are_in_the_language_of_each_reader(site, cast, discussion, path):
    bens = site.write(cast.ben, discussion, " ".join(f"Ship {n} sails." for n in range(60)))
    site.write(cast.ana, discussion)
    site.write(cast.ana, discussion, to=bens)
    client = site.browser(cast.ines).client
    for language, words in (("en", "Show full post"), ("de", "Ganzen Beitrag anzeigen"), ("en", "Show full post")):
        assert words in client.get(path, headers={"Accept-Language": language}).text


def test_statements_do_not_grow_with_the_posts(site, cast, discussion, path):
    browser = site.browser(cast.tariq)
    post = site.write(cast.ana, discussion)
    site.mark(discussion, cast.ana)
    few = costs(site, lambda: browser.get(path))
    for _ in range(8):
        mine = site.write(cast.ana, discussion, to=site.write(cast.ben, discussion))
        site.write(cast.ines, discussion, to=mine)
        site.write(cast.ines, discussion, to=post)
    assert costs(site, lambda: browser.get(path)) == few <= 12


def test_the_blind_desk_is_not_reached_by_the_id_of_a_person(site, cast):
    discussion = site.discussion(anonymity=Anonymity.BLIND)
    site.write(cast.ana, discussion)
    staff = site.browser(cast.ines)
    refused(staff.get(address(discussion, "grading", cast.ana.person_id)), 404)
    page = staff.get(address(discussion, "grading")).html
    assert re.search(r"/grading/b\d+", page)
    assert f'/grading/{cast.ana.person_id}"' not in page
