"""Every page in Arabic: it runs from right to left, has no barriers and holds together; and no page is left out."""

import shutil
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, expect
from werkzeug.routing import Map

from lti_app.app import create_app
from lti_app.web.notices.mail_writer import UnsubscribeTokens
from tests.browser.audit import Audit
from tests.browser.conftest import MakeVisitor
from tests.browser.full_class import fill
from tests.browser.site import Site, running_site
from tests.browser.states import grade_in_every_way, person_of
from tests.browser.tours import UNKNOWN_ISSUER
from tests.browser.visitor import Visitor

WEEK_3, WEEK_4, READING = "/courses/1/discussions/1", "/courses/1/discussions/2", "/courses/1/readings/1"
QUESTIONS = "/courses/1/discussions/3"
MODERATED = WEEK_3 + "/moderation/posts"
PAGES = {
    "amara": {
        "courses.home": "/courses/1",
        "notices.show": "/courses/1/notices",
        "notice_preferences.show": "/courses/1/notices/preferences",
        "calendars.show": "/courses/1/notices/calendar",
        "discussions.participation": WEEK_3 + "/participation",
        "feedback.show": WEEK_3 + "/feedback",
        "discussions.show": WEEK_3 + "?at={address}#p{address}",
        "answers.unanswered": WEEK_3 + "/unanswered",
        "stances.ask": WEEK_4 + "/poll",
        "posts.new": WEEK_3 + "/posts/new",
        "posts.reply": WEEK_3 + "/posts/{reported}/reply",
        "posts.edit": WEEK_3 + "/posts/{own}/edit",
        "posts.delete": WEEK_3 + "/posts/{own}/delete",
        "moderation.report": MODERATED + "/{reported}/report",
        "moderation.own_reports": WEEK_3 + "/moderation/reports",
        "readings.show": READING,
        "reader.show": READING + "/read",
        "term.show": "/courses/1/people/{amara}/grades",
        "reader.cited": READING + "/cited?passage={passage}",
        "reader.choose_discussion": READING + "/cite?passage={passage}",
        "citations.find": READING + "/citations",
        "citations.show": WEEK_3 + "/citations/1",
        "search.show": "/courses/1/search?q=Kotter",
        "search.person": "/courses/1/people/{amara}/posts",
        "reviews.own": WEEK_3 + "/reviews",
        "reviews.write": WEEK_3 + "/reviews/write/{review_key}",
    },
    "jakub": {"drafts.resume": WEEK_3 + "/drafts/{draft}"},
    "miriam": {
        "discussions.settings": WEEK_4 + "/settings",
        "groups.manage": "/courses/1/groups",
        "extensions.manage": WEEK_4 + "/extensions",
        "courses.settings": "/courses/1/settings",
        "messages.compose": "/courses/1/messages/new",
        "exchange.show": WEEK_3 + "/export",
        "exchange.new_import": WEEK_3 + "/import",
        "exchange.show_import": WEEK_3 + "/imports/{imported}",
        "grading.desk": WEEK_3 + "/grading",
        "class_matrix.show": WEEK_3 + "/participation/class",
        "course_matrix.show": "/courses/1/participation",
        "what_if.show": "/courses/1/participation/what-if",
        "grading.student": WEEK_3 + "/grading/{amara}",
        "reopening.history": WEEK_3 + "/grading/{amara}/history",
        "calibration.overview": WEEK_3 + "/grading/calibration",
        "graders.overview": WEEK_3 + "/grading/graders",
        "second_marking.overview": WEEK_3 + "/grading/second-marking",
        "marking.show": WEEK_3 + "/grading/{quinn}/marking",
        "passback.show": WEEK_3 + "/grading/passback",
        "columns.show": WEEK_4 + "/grading/columns",
        "points.show": QUESTIONS + "/grading/points",
        "copying.choose": WEEK_3 + "/grading/{amara}/copy",
        "curves.choose": WEEK_3 + "/grading/curve",
        "extending.choose": WEEK_3 + "/grading/extend?student={amara}",
        "late_rules.edit": WEEK_3 + "/late",
        "activity.course": "/courses/1/participation/activity",
        "activity.discussion": WEEK_3 + "/activity",
        "signals.show": "/courses/1/participation/signals",
        "signals.rules": "/courses/1/participation/signals/rules",
        "contact.show": "/courses/1/participation/contact",
        "criterion_pass.choose": WEEK_3 + "/grading/criteria",
        "criterion_pass.student": WEEK_3 + "/grading/criteria/{criterion}/1?seed=1",
        "criterion_pass.end": WEEK_3 + "/grading/criteria/{criterion}/end?seed=1",
        "discussion_rubrics.edit": WEEK_3 + "/rubric",
        "review_overview.settings": WEEK_3 + "/reviews/settings",
        "review_overview.show": WEEK_3 + "/reviews/overview",
        "rubrics.library": "/courses/1/rubrics",
        "rubrics.show": "/courses/1/rubrics/{rubric}",
        "rubrics.ready": "/courses/1/rubrics/ready/weekly",
        "rubrics.create": "/courses/1/rubrics/new",
        "rubrics.edit": "/courses/1/rubrics/{rubric}/edit",
        "rubric_files.new": "/courses/1/rubrics/import",
        "saved_comments.show": "/courses/1/comments",
        "saved_comments.edit": "/courses/1/comments/{comment}",
        "grading.names": WEEK_4 + "/grading/names",
        "moderation.queue": WEEK_3 + "/moderation",
        "moderation.hide": MODERATED + "/{reported}/hide",
        "moderation.history": MODERATED + "/{own}/history",
        "moderation.private_reply": MODERATED + "/{reported}/private-reply",
        "moderation.split": MODERATED + "/{own}/split",
        "threads.revisions": WEEK_3 + "/posts/{reported}/revisions",
        "courses.progress": "/courses/1/readings/progress",
        "readings.add": "/courses/1/readings/add",
        "readings.write": "/courses/1/readings/new",
        "readings.leadership": "/courses/1/readings/leadership",
        "readings.edit": READING + "/edit",
        "readings.delete": READING + "/delete",
        "reader.add_file": READING + "/file",
        "citations.quotation_check": READING + "/quotation-check",
    },
    "nobody": {
        "unsubscribing.ask": "/notices/unsubscribe/{unsubscribe}",
        "lti.launch": "/lti/launch",
        "lti.login": f"/lti/login?{UNKNOWN_ISSUER}",
    },
}
"""By whom each page is looked at, and where it is."""
ELSEWHERE = {
    "deep_linking.choose": "looked at in tours.adding: its address is made by a launch",
    "lti.check": "looked at in tours.strayed: its address is made by a launch",
    "lti.begin_in_tab": "leads to the LMS",
    "exchange.export_file": "a file, looked at in test_exchange",
    "files.serve": "a file",
    "activity.course_table": "a file",
    "activity.discussion_table": "a file",
    "contact.file": "a file",
    "signals.count": "data",
    "signals.export": "a file",
    "class_matrix.export": "a file",
    "course_matrix.export": "a file",
    "participation_record.show": "a file",
    "rubric_files.export": "a file",
    "rubric_files.export_ready": "a file",
    "static": "a file",
    "grading.review": "leads to the desk",
    "notices.open_notice": "leads to what it is about",
    "calendars.feed": "data",
    "readings.open_elsewhere": "leads out of the tool",
    "threads.next_post": "leads into the thread",
    "threads.new_posts": "a part of a page",
    "discussions.more": "a part of a page",
    "posts.people": "data",
    "lti.jwks": "data",
    "prefetch.rules": "data",
    "health.healthz": "data",
}


@pytest.fixture(scope="module")
def arabic_site(browser: Browser, sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site in whose LMS everybody speaks Arabic."""
    folder = tmp_path_factory.mktemp("site")
    shutil.copyfile(sqlite_template, folder / "colloquy.db")
    with running_site(f"sqlite:///{folder}/colloquy.db", folder, with_worker=False, locale="ar") as site:
        with browser.new_context(timezone_id="Europe/Berlin") as context:
            Visitor(context, site).open_in_tab()  # by which the tool learns of the gradebook
        grade_in_every_way(site)
        yield site


@pytest.fixture(scope="module")
def names(arabic_site: Site) -> dict[str, object]:
    """What stands in the addresses of its pages."""
    filled = fill(arabic_site)
    with arabic_site.parts.database.writing() as session:
        people = {key: person_of(session, arabic_site, key) for key in ("amara", "quinn")}
    tokens = UnsubscribeTokens(arabic_site.parts.settings.secret_key.get_secret_value())
    return {**asdict(filled), **people, "unsubscribe": tokens.make(1, people["amara"])}


@pytest.fixture(scope="module")
def addresses(arabic_site: Site) -> Map:
    return create_app(arabic_site.parts).url_map


def test_no_page_is_left_out(addresses: Map):
    looked_at = [endpoint for pages in PAGES.values() for endpoint in pages]
    known = {rule.endpoint for rule in addresses.iter_rules() if "GET" in (rule.methods or ())}
    assert sorted([*looked_at, *ELSEWHERE]) == sorted(known)


@pytest.mark.parametrize("key", PAGES)
def test_every_page(arabic_site: Site, names: dict[str, object], addresses: Map, visit: MakeVisitor, key: str):
    visitor, audit = visit(arabic_site, locale="ar"), Audit()
    page = visitor.page
    if key != "nobody":
        visitor.become(key).open_in_tab()
    for endpoint, path in PAGES[key].items():
        page.goto(arabic_site.tool_url + path.format(**names))
        expect(page.locator("html[lang=ar][dir=rtl] h1")).to_be_visible()
        assert addresses.bind("").match(urlsplit(page.url).path, method="GET")[0] == endpoint
        audit.look(page, endpoint)
    assert audit.findings == []
