"""Every address of the application, and who may use it. A new endpoint without an entry here fails."""

from collections.abc import Iterator

import pytest
from werkzeug.routing import Rule

from lti_app.discussion.drafts.actions import save_draft
from lti_app.discussion.drafts.queries import list_drafts
from lti_app.discussion.drafts.rules import FIRST_POST, DraftContent
from lti_app.exchange.importing.rules.prepare import ImportFile
from lti_app.grading.comments.actions import save_comment
from lti_app.grading.rubrics.actions.library import create_rubric
from lti_app.grading.rubrics.queries import get_rubric
from lti_app.grading.rubrics.rules.ready import DEFAULT_RUBRIC
from tests.factories.discussions import PAID
from tests.factories.imports import preview
from tests.factories.notices import notify
from tests.factories.reviews import assign, plan_reviews, tasks_of
from tests.web.questions import refused

PUBLIC = {
    "static",
    "health.healthz",
    "lti.login",
    "lti.check",
    "lti.begin_in_tab",
    "lti.launch",
    "lti.jwks",
    "prefetch.rules",
    "unsubscribing.ask",
    "unsubscribing.stop",
    "calendars.feed",
}
"""No visit is needed. The LTI addresses and those of mail and calendar programs have tests of their own."""

EVERYBODY = frozenset({"olga", "ana", "tariq", "ines"})
WRITERS = EVERYBODY - {"olga"}
STAFF = frozenset({"tariq", "ines"})
INSTRUCTORS = frozenset({"ines"})
MAY = {
    "courses.home": EVERYBODY,
    "courses.set_time_zone": EVERYBODY,
    "courses.settings": INSTRUCTORS,
    "courses.progress": STAFF,
    "readings.show": EVERYBODY,
    "readings.open_elsewhere": EVERYBODY,
    "readings.last_page": EVERYBODY,
    "readings.mark_as_read": EVERYBODY,
    "readings.add": INSTRUCTORS,
    "readings.add_chosen": INSTRUCTORS,
    "readings.write": INSTRUCTORS,
    "readings.leadership": INSTRUCTORS,
    "readings.edit": INSTRUCTORS,
    "readings.delete": INSTRUCTORS,
    "discussions.show": EVERYBODY,
    "discussions.participation": EVERYBODY,
    "discussions.remove": INSTRUCTORS,
    "discussions.settings": INSTRUCTORS,
    "placements.continue_original_discussion": INSTRUCTORS,
    "answers.unanswered": WRITERS,
    "answers.claim": WRITERS,
    "answers.release": EVERYBODY,
    "drafts.save": WRITERS,
    "drafts.resume": {"ana"},  # the writer
    "drafts.discard": {"ana"},
    "guidance.preview": WRITERS,
    "activity.course": STAFF,
    "activity.discussion": STAFF,
    "contact.show": STAFF,
    "contact.file": STAFF,
    "activity.course_table": STAFF,
    "activity.discussion_table": STAFF,
    "signals.count": STAFF,
    "signals.export": STAFF,
    "signals.show": STAFF,
    "signals.rules": INSTRUCTORS,
    "signals.save_rules": INSTRUCTORS,
    "signals.dismiss": INSTRUCTORS,
    "signals.restore": INSTRUCTORS,
    "class_matrix.show": STAFF,
    "class_matrix.export": STAFF,
    "course_matrix.show": STAFF,
    "course_matrix.export": STAFF,
    "what_if.show": INSTRUCTORS,
    "what_if.change": INSTRUCTORS,
    "participation_record.show": {"ana"} | STAFF,
    "posts.create": WRITERS,
    "posts.create_in_place": WRITERS,
    "posts.new": WRITERS,
    "posts.reply": WRITERS,
    "posts.edit": {"ana"},  # the author
    "posts.edit_in_place": {"ana"},
    "posts.delete": {"ana"} | STAFF,
    "posts.people": WRITERS,
    "discussions.more": WRITERS,
    "threads.new_posts": WRITERS,
    "threads.next_post": WRITERS,
    "threads.mark_read": EVERYBODY,
    "threads.sort": EVERYBODY,
    "threads.revisions": {"ana"} | STAFF,  # the author
    "moderation.queue": STAFF,
    "moderation.act": STAFF,
    "moderation.hide": STAFF,
    "moderation.split": STAFF,
    "moderation.private_reply": STAFF,
    "moderation.history": STAFF,
    "moderation.report": STAFF,
    "moderation.own_reports": EVERYBODY,
    "moderation.like": STAFF,  # Ana wrote the post
    "moderation.like_in_place": STAFF,
    "stances.ask": set(),  # this discussion asks nobody where they stand
    "stances.answer": set(),
    "class_lists.read_again": STAFF,
    "groups.manage": INSTRUCTORS,
    "groups.give_names": INSTRUCTORS,
    "groups.make": INSTRUCTORS,
    "groups.place": INSTRUCTORS,
    "groups.split": INSTRUCTORS,
    "groups.change": INSTRUCTORS,
    "extensions.manage": INSTRUCTORS,
    "extensions.add": INSTRUCTORS,
    "extensions.remove": INSTRUCTORS,
    "citations.show": WRITERS,
    "citations.find": EVERYBODY,
    "citations.quotation_check": INSTRUCTORS,
    "citations.check_against_file": INSTRUCTORS,
    "citations.delete_stored_text": INSTRUCTORS,
    "search.show": EVERYBODY,
    "search.person": WRITERS,
    "grading.names": STAFF,
    "grading.review": STAFF,
    "exchange.show": WRITERS,
    "exchange.export_file": WRITERS,
    "exchange.choose": STAFF,
    "exchange.new_import": INSTRUCTORS,
    "exchange.show_import": INSTRUCTORS,
    "exchange.discard": INSTRUCTORS,
    "exchange.reread": INSTRUCTORS,
    "bulk.act": STAFF,
    "copying.choose": STAFF,
    "copying.copy": STAFF,
    "curves.choose": INSTRUCTORS,
    "curves.curve": INSTRUCTORS,
    "extending.choose": INSTRUCTORS,
    "extending.extend": INSTRUCTORS,
    "late_rules.edit": INSTRUCTORS,
    "late_rules.save": INSTRUCTORS,
    "criterion_pass.choose": STAFF,
    "criterion_pass.student": STAFF,
    "criterion_pass.save": STAFF,
    "criterion_pass.end": STAFF,
    "reopening.history": STAFF,
    "reopening.withdraw": STAFF,
    "reopening.answer": STAFF,
    "reopening.ask": EVERYBODY,
    "reviews.own": EVERYBODY,
    "reviews.write": {"ana"},  # the reviewer
    "reviews.save": {"ana"},
    "reviews.helpful": set(),  # nobody has reviewed Ana's posts
    "reviews.report": set(),
    "review_overview.settings": INSTRUCTORS,
    "review_overview.show": STAFF,
    "review_overview.assign": INSTRUCTORS,
    "review_overview.count": STAFF,
    "review_overview.weigh": STAFF,
    "grading.desk": STAFF,
    "grading.student": STAFF,
    "grading.save": STAFF,
    "marking.show": STAFF,
    "marking.save": STAFF,
    "marking.decide": STAFF,
    "marking.end": INSTRUCTORS,
    "second_marking.overview": STAFF,
    "second_marking.save": INSTRUCTORS,
    "graders.overview": STAFF,
    "calibration.overview": STAFF,
    "calibration.choose": INSTRUCTORS,
    "calibration.end": INSTRUCTORS,
    "graders.assign": INSTRUCTORS,
    "graders.distribute": INSTRUCTORS,
    "graders.remove": INSTRUCTORS,
    "grading.release_class": STAFF,
    "grading.choose_grade": STAFF,
    "rubrics.library": STAFF,
    "rubrics.show": STAFF,
    "rubrics.ready": STAFF,
    "rubrics.create": INSTRUCTORS,
    "rubrics.edit": INSTRUCTORS,
    "rubrics.share": INSTRUCTORS,
    "rubrics.delete": INSTRUCTORS,
    "rubric_files.new": INSTRUCTORS,
    "rubric_files.save": INSTRUCTORS,
    "rubric_files.export": STAFF,
    "rubric_files.export_ready": STAFF,
    "discussion_rubrics.edit": INSTRUCTORS,
    "discussion_rubrics.save": INSTRUCTORS,
    "saved_comments.show": STAFF,
    "saved_comments.add": STAFF,
    "saved_comments.edit": INSTRUCTORS,  # it is hers
    "saved_comments.change": INSTRUCTORS,
    "saved_comments.delete": INSTRUCTORS,
    "feedback.show": set(),  # nobody's grade is released
    "passback.show": STAFF,
    "passback.choose": STAFF,
    "passback.retry": STAFF,
    "passback.check": STAFF,
    "points.show": STAFF,
    "points.choose": STAFF,
    "points.retry": STAFF,
    "points.check": STAFF,
    "columns.show": INSTRUCTORS,
    "columns.save": INSTRUCTORS,
    "files.upload": WRITERS,
    "files.serve": WRITERS,
    "reader.show": EVERYBODY,
    "term.show": {"ana"} | STAFF,
    "reader.cited": EVERYBODY,
    "reader.cite": WRITERS,
    "reader.choose_discussion": EVERYBODY,
    "reader.record_progress": EVERYBODY,
    "reader.add_file": INSTRUCTORS,
    "reader.remove_file": INSTRUCTORS,
    "notices.show": EVERYBODY,
    "notices.open_notice": {"ana"},  # whose notice it is
    "notices.read": EVERYBODY,
    "notices.change_following": WRITERS,
    "notice_preferences.show": EVERYBODY,
    "notice_preferences.save": EVERYBODY,
    "notice_preferences.try_again": EVERYBODY,
    "calendars.show": EVERYBODY,
    "calendars.change": EVERYBODY,
    "messages.compose": STAFF,
    "messages.send": STAFF,
    "deep_linking.choose": INSTRUCTORS,
    "deep_linking.add": INSTRUCTORS,
}
STATUS = dict.fromkeys([("olga", f"posts.{name}") for name in ("reply", "edit", "edit_in_place", "delete")], 404)
STATUS |= {
    ("olga", f"moderation.{name}"): 404
    for name in ("act", "hide", "split", "report", "private_reply", "history", "like", "like_in_place")
}
STATUS |= {(who, f"stances.{name}"): 404 for who in EVERYBODY for name in ("ask", "answer")}
STATUS |= {(who, f"reviews.{name}"): 404 for who in EVERYBODY for name in ("write", "save", "helpful", "report")}
STATUS["olga", "threads.revisions"] = 404
STATUS["olga", "search.person"] = STATUS["olga", "files.serve"] = STATUS["olga", "answers.claim"] = 404
STATUS |= {(who, f"drafts.{name}"): 404 for who in ("olga", "tariq", "ines") for name in ("resume", "discard")}
STATUS |= {(who, endpoint): 404 for who in EVERYBODY for endpoint in ("feedback.show", "notices.open_notice")}
STATUS |= {("tariq", f"saved_comments.{name}"): 404 for name in ("edit", "change", "delete")}
"""403 is what the others get; observers do not know which posts there are."""


@pytest.fixture
def place(site, cast):
    """The objects that the addresses name."""
    readings = site.readings()
    discussion = site.discussion(reading_ids=readings, required_ids=frozenset(readings), **PAID)
    post = site.write(cast.ana, discussion)
    file = site.attached(cast.ana)
    site.mark(discussion, cast.ana)
    with site.database.writing() as session:
        given = ImportFile(b"author,text\nAda,Hello", "UTC")
        import_id = preview(session, cast.ines, discussion, given, now=site.clock())
        save_draft(session, cast.ana, discussion, FIRST_POST, DraftContent("Mine"), now=site.clock())
        (draft,) = list_drafts(session, cast.ana, discussion)
        criterion_id = get_rubric(session, discussion).criteria[0].id
        rubric_id = create_rubric(session, cast.ines, DEFAULT_RUBRIC)
        comment_id = save_comment(session, cast.ines, text="Well argued.", now=site.clock())
        discussion = plan_reviews(session, cast.ines, discussion, peers=0, self_review=True)
        assign(session, cast.ines, discussion, now=site.clock())
        notice_id = notify(session, cast.ana, now=site.clock())
        (task,) = tasks_of(session, cast.ana, discussion, now=site.clock())
    return {
        "course_id": cast.course_id,
        "discussion_id": discussion.id,
        "post_id": post.id,
        "criterion_id": criterion_id,
        "place": 1,
        "reading_id": discussion.readings[0].id,
        "draft_id": draft.id,
        "file_id": file.id,
        "slug": file.slug,
        "person_id": cast.ana.person_id,
        "key": "unknown",
        "review_key": task.key,
        "review_id": 1,
        "ready_key": "weekly",
        "file_kind": "canvas",
        "rubric_id": rubric_id,
        "comment_id": comment_id,
        "import_id": import_id,
        "action": "pin",
        "kind": "unread",
        "table": "network",
        "group_id": 1,
        "notice_id": notice_id,
        "extension_id": 1,
    }


def addresses(site, place) -> Iterator[tuple[Rule, str, str]]:
    """Rule, method and path of everything that needs a visit."""
    adapter = site.app.url_map.bind("localhost")
    for rule in site.app.url_map.iter_rules():
        if rule.endpoint not in PUBLIC and "pseudonym_id" not in rule.arguments:  # those are of anonymous discussions
            path = adapter.build(rule.endpoint, {name: place[name] for name in rule.arguments})
            for method in sorted(rule.methods & {"GET", "POST", "PUT", "DELETE", "PATCH"}):
                yield rule, method, path


def test_every_endpoint_is_in_the_table(site):
    assert {rule.endpoint for rule in site.app.url_map.iter_rules()} == MAY.keys() | PUBLIC


@pytest.mark.parametrize("who", ["olga", "ana", "tariq"])
def test_nobody_may_more_than_the_table_says(site, cast, place, who):
    browser = site.browser(getattr(cast, who))
    token = browser.token(f"/courses/{cast.course_id}")
    tried = 0
    for rule, method, path in addresses(site, place):
        if who not in MAY[rule.endpoint]:
            data = {"csrf_token": token, "text": "Mine", "version": "1", "comment": "Mine", "action": "release"}
            answer = browser.get(path) if method == "GET" else browser.send(path, method, data=data)
            refused(answer, STATUS.get((who, rule.endpoint), 403), kept="" if method == "GET" else "Mine")
            tried += 1
    assert tried >= 4


@pytest.mark.parametrize("who", sorted(EVERYBODY))
def test_everybody_may_read_what_the_table_says(site, cast, place, who):
    browser = site.browser(getattr(cast, who))
    allowed = {200, 204, 303, 404 if who == "olga" else 200, 410}  # 410: nothing is to be added to the course
    for rule, method, path in addresses(site, place):
        own_reply = rule.endpoint == "posts.reply" and who == "ana"
        if rule.endpoint == "moderation.split":  # a first post is a thread already
            continue
        if who in MAY[rule.endpoint] and method == "GET":
            assert browser.get(path).status in allowed or own_reply, path


def test_people_of_another_course_find_nothing(site, cast, place, foreign):
    """By the other course's address they have no visit; by their own, its objects are not there."""
    for actor in (cast.elsewhere, cast.stranger):
        browser = site.browser(actor)
        token = browser.token(f"/courses/{actor.course_id}")
        for rule, method, path in addresses(site, place):
            data = {"csrf_token": token, "version": "1", "text": "x", "comment": "x"}
            options = {} if method == "GET" else {"data": data}
            refused(browser.send(path, method, **options), 401)
            if "discussion_id" in rule.arguments:
                own = path.replace(f"/courses/{cast.course_id}/", f"/courses/{actor.course_id}/")
                refused(browser.send(own, method, **options), 404)


def test_nobody_without_a_visit_gets_anywhere(site, place):
    for _rule, method, path in addresses(site, place):
        answer = site.stranger().send(path, method, data={"text": "x"} if method == "POST" else None)
        refused(answer, 401)
        assert not answer.cookies


def test_teacher_who_previews_as_a_student_has_a_students_power(site, cast, place):
    browser = site.browser(cast.ines, role=cast.ana.role)
    for rule, method, path in addresses(site, place):
        if method == "GET" and "ana" not in MAY[rule.endpoint]:
            answer = browser.get(path)
            refused(answer, 404 if answer.status == 404 else 403)  # posts are behind the gate for her as well
    here = f"/courses/{cast.course_id}/discussions/{place['discussion_id']}"
    page = browser.get(here).page
    assert not page.all("article")  # the gate holds for her as well
    assert not [link for link in page.all("a") if link.attrs["href"].endswith(("/settings", "/grading"))]
    assert browser.post_form(f"{here}/posts", here, text="As a student would see it.").status == 303
    desk = site.browser(cast.ines).get(f"{here}/grading").text
    assert "Ines Navarro" not in desk
