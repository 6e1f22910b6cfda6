"""What imported posts become in a discussion: held where they sell essays, without a date where they have none."""

import json

import pytest
from sqlalchemy import select

from lti_app.discussion.discussions.queries.discussion import get_discussion
from lti_app.discussion.integrity.models import Finding
from lti_app.discussion.moderation.models import ModerationRecord
from lti_app.discussion.moderation.rules import HeldReason, ModerationAction
from lti_app.discussion.posts.actions.create import create_post
from lti_app.discussion.posts.models import Post
from lti_app.discussion.posts.queries.gate import circumstances_of
from lti_app.discussion.posts.rules.written import PostContent
from lti_app.discussion.read_state.rules import Sort
from lti_app.discussion.threads.queries import get_overview, read_thread
from lti_app.exchange.exporting.queries import export_posts, select_for_export
from lti_app.exchange.exporting.rules.data import ExportFormat, Scope, csv_lines
from lti_app.exchange.formats.entries import Fault
from lti_app.exchange.importing.models import Import
from lti_app.exchange.importing.rules.posts import ImportChoices, ImportMode
from lti_app.exchange.importing.rules.prepare import ImportFile
from lti_app.participation.progress.queries import get_participation
from tests.cast import MONDAY
from tests.factories.discussions import set_up
from tests.factories.imports import bring_in, preview

SELLERS = frozenset({"edubirdie.com"})
OPEN = ImportChoices(ImportMode.OPEN, sellers=SELLERS)


@pytest.fixture
def discussion(session, cast):
    return set_up(session, cast.ines, MONDAY, post_first=False)


@pytest.fixture
def take(session, cast, discussion):
    """Preview a list of posts and import it; returns the import."""

    def take(*posts):
        file = ImportFile(json.dumps(posts).encode(), "UTC")
        given = preview(session, cast.ines, discussion, file, sellers=SELLERS, now=MONDAY)
        bring_in(session, cast.ines, discussion, given, choices=OPEN, now=MONDAY)
        return session.get_one(Import, given)

    return take


def post(key, author, text, parent="", date="2025-03-03T10:00:00Z"):
    return {"id": key, "reply to": parent, "author": author, "date": date, "text": text}


def stored(session):
    return {post.text: post for post in session.scalars(select(Post).order_by(Post.path))}


def page(session, actor, discussion, sort=Sort.OLDEST):
    return read_thread(
        session, actor, discussion, circumstances=circumstances_of(session, actor, discussion), sort=sort
    )


ADVERTS = {
    (
        "<p>Great thread, I liked every one of these posts! "
        "I got it at <a href='https://www.edubirdie.com/order'>this site</a>.</p>"
    ): HeldReason.SELLER,
    "I ordered an essay from a service and had it in a day.": HeldReason.ADVERT,
    "<p>Look <a href='https://a.example/1'>here</a></p>": HeldReason.LINKS,
}


@pytest.mark.parametrize(("text", "reason"), ADVERTS.items())
def test_what_a_newcomer_sells_comes_in_held(session, cast, take, *, text, reason):
    done = take(post("1", "Ana", "A real thread."), post("2", "Spam", text, "1"), post("3", "Bo", "A real reply.", "1"))
    held = [each for each in stored(session).values() if each.held_at]
    assert [each.held_reasons for each in held] == [[reason.value]]
    assert [note[1:] for note in done.notes if note[1] == Fault.REVIEW] == [["review", done.notes[0][2], "Spam"]]
    assert done.fault_counts == {"review": 1}
    assert [finding.reason for finding in session.scalars(select(Finding))] == [reason]
    (record,) = session.scalars(select(ModerationRecord))
    assert (record.kind, record.reason, record.by_id) == (ModerationAction.HOLD, reason.value, None)
    discussion = get_discussion(session, cast.ines, done.discussion_id, now=MONDAY)
    shown = page(session, cast.ana, discussion)
    assert [each.address for each in shown.posts] == ["1", "1.2"]
    assert shown.counts[shown.posts[0].id].replies == 1
    assert len(page(session, cast.ines, discussion).posts) == 3


def test_of_somebody_known_only_links_to_sellers_are_held(session, take):
    take(post("1", "Ana", "First."))
    take(post("2", "Ana", "I ordered an essay from a service."), post("3", "Ana", "See edubirdie.com for that."))
    assert [each.held_reasons for each in stored(session).values()] == [[], [], ["seller"]]


def test_what_answers_a_held_post_is_held_with_it(session, cast, discussion, take):
    take(post("1", "Spam", "I can recommend an essay writing service"), post("2", "Spam 2", "Thanks!", "1"))
    assert page(session, cast.ana, discussion).posts == ()
    assert all(each.held_at for each in stored(session).values())


def test_a_post_without_a_date_has_none_anywhere(session, cast, discussion, take):
    take(post("1", "Ana", "Undated.", date=""), post("2", "Bo", "Reply.", "1", date=""), post("3", "Cem", "Dated."))
    shown = page(session, cast.ana, discussion)
    dates = {each.html: each.created_at is None for each in shown.posts}
    assert dates == {"<p>Undated.</p>": True, "<p>Reply.</p>": True, "<p>Dated.</p>": False}
    undated = next(each for each in shown.posts if each.html == "<p>Undated.</p>")
    assert shown.counts[undated.id].latest_at is None
    newest = page(session, cast.ana, discussion, Sort.NEWEST)
    assert [each.html for each in newest.posts] == ["<p>Dated.</p>", "<p>Undated.</p>", "<p>Reply.</p>"]
    selection = select_for_export(session, cast.ines, discussion, scope=Scope.READABLE, kind=ExportFormat.CSV)
    assert sum(",2025-" in line for line in csv_lines(export_posts(session, selection))) == 1


def test_a_discussion_of_undated_posts_has_no_last_one_until_somebody_writes(session, cast, discussion, take):
    take(post("1", "Ana", "Undated.", date=""))
    assert get_overview(session, cast.ana, discussion).activity.last_at is None
    first = stored(session)["Undated."].id
    create_post(session, cast.ana, discussion, PostContent("Now."), parent_id=first, now=MONDAY)
    assert get_overview(session, cast.ana, discussion).activity.last_at == MONDAY
    assert page(session, cast.ana, discussion).counts[first].latest_at == MONDAY


def test_old_threads_are_not_the_newest_because_they_came_in_last(session, cast, discussion, take):
    create_post(session, cast.ana, discussion, PostContent("Written here."), parent_id=None, now=MONDAY)
    take(post("1", "Bo", "Old."), post("2", "Cem", "Undated.", date=""))
    newest = page(session, cast.ana, discussion, Sort.NEWEST)
    assert [each.html for each in newest.posts] == ["<p>Written here.</p>", "<p>Old.</p>", "<p>Undated.</p>"]


def test_nobody_is_counted_who_has_no_name(session, cast, discussion, take):
    done = take(
        post("1", "Ana", "One."), post("2", "", "Two.", "1"), post("3", "", "Three.", "1"), post("4", "", "Four.", "1")
    )
    assert done.authors == 1
    assert get_overview(session, cast.ana, discussion).activity.participants == 1
    shown = page(session, cast.ana, discussion)
    assert shown.counts[shown.posts[0].id].participants == 1
    for text in ("Two.", "Three.", "One."):
        above, content = stored(session)[text].id, PostContent(f"My own words about {text}")
        create_post(session, cast.ben, discussion, content, parent_id=above, now=MONDAY)
    asked = get_participation(session, cast.ben, discussion, now=MONDAY)
    (replies,) = [each for each in asked.verdicts.requirements if each.requirement.kind == "replies"]
    assert (replies.have, replies.people) == (1, ("Ana",))
    why = [verdict.reason.key for verdict in asked.verdicts.posts.values()]
    assert why == ["to_nameless", "to_nameless", "reply"]


def test_replies_keep_their_own_dates_and_stay_below_what_they_answer(session, take):
    take(post("1", "Ana", "Top."), post("2", "Bo", "Earlier clock.", "1", date="2025-03-03T09:00:00Z"))
    posts = stored(session)
    assert posts["Earlier clock."].created_at < posts["Top."].created_at
    assert posts["Earlier clock."].number > posts["Top."].number
