"""What not everybody could read where it comes from is left out, with what answers it, and told by its kind."""

import json
from datetime import UTC

import pytest

from lti_app.exchange.formats.dates import DateReader
from lti_app.exchange.formats.entries import Fault
from lti_app.exchange.formats.recognize import read_file
from lti_app.exchange.importing.rules.arrange import arrange
from tests.cast import MONDAY


def brought(content):
    """The texts that come in, and how many entries were left out for what."""
    parsed = read_file(content if isinstance(content, bytes) else content.encode(), DateReader(UTC))
    arranged = arrange(parsed, max_depth=100, now=MONDAY)
    texts = {item.entry.key: item.body.text for item in arranged.entries}
    return texts, {fault: count for fault, count in arranged.counts.items() if fault.skips}


ITEM = """<item><title>{n}</title><dc:creator>ana</dc:creator><content:encoded>Text {n}</content:encoded>
<wp:post_id>{n}</wp:post_id><wp:post_date_gmt>2024-05-06 10:00:00</wp:post_date_gmt><wp:post_type>{kind}</wp:post_type>
<wp:post_parent>{parent}</wp:post_parent>{more}</item>"""
REMARK = """<wp:comment><wp:comment_id>{n}</wp:comment_id><wp:comment_author>Bo</wp:comment_author>
<wp:comment_content>Remark {n}</wp:comment_content><wp:comment_approved>1</wp:comment_approved></wp:comment>"""


def wordpress(*items):
    spaces = "".join(f' xmlns:{name}="http://{name}.example/"' for name in ("wp", "dc", "content"))
    shown = "".join(ITEM.format(**{"kind": "post", "parent": 0, "more": ""} | item) for item in items)
    return f"<rss{spaces}><channel>{shown}</channel></rss>"


STATES = {
    "<wp:status>publish</wp:status><wp:post_password>secret</wp:post_password>": Fault.PROTECTED,
    "<wp:status>private</wp:status>": Fault.PRIVATE,
    "<wp:status>draft</wp:status>": Fault.DRAFT,
    "<wp:status>auto-draft</wp:status>": Fault.DRAFT,
    "<wp:status>future</wp:status>": Fault.SCHEDULED,
    "<wp:status>inherits-nothing</wp:status>": Fault.UNPUBLISHED,
}


@pytest.mark.parametrize(("state", "fault"), STATES.items())
def test_posts_of_wordpress_that_were_not_for_all_stay_out_with_their_comments(state, fault):
    texts, left_out = brought(wordpress({"n": 1, "more": state + REMARK.format(n=9)}, {"n": 2}))
    assert texts == {"2": "Text 2"}
    assert left_out == {fault: 2}


@pytest.mark.parametrize("kept", ["pending", "spam", "trash"])
def test_a_reply_to_what_moderators_removed_keeps_its_place(kept):
    posts = wordpress(
        {"n": 1, "kind": "topic"},
        {"n": 2, "kind": "reply", "parent": 1, "more": f"<wp:status>{kept}</wp:status>"},
    )
    texts, left_out = brought(posts)
    assert (texts, sum(left_out.values())) == ({"1": "Text 1"}, 1)


@pytest.mark.parametrize("status", ["private", "hidden"])
def test_topics_of_a_closed_forum_stay_out(status):
    posts = wordpress(
        {"n": 1, "kind": "forum", "more": f"<wp:status>{status}</wp:status>"},
        {"n": 2, "kind": "forum", "parent": 1},
        {"n": 3, "kind": "topic", "parent": 2},
        {"n": 4, "kind": "reply", "parent": 3},
    )
    assert brought(posts)[0] == {}


def table(column, value):
    return f"id,reply to,author,text,{column}\n1,,Ana,Secret,{value}\n2,1,Ben,To the secret,\n3,,Cem,Open,\n"


TABLES = {
    ("status", "private"): (Fault.PRIVATE, 2),
    ("status", "draft"): (Fault.DRAFT, 2),
    ("post status", "future"): (Fault.SCHEDULED, 2),
    ("password", "abc"): (Fault.PROTECTED, 2),
    ("private", "yes"): (Fault.PRIVATE, 2),
    ("private reply to", "7"): (Fault.PRIVATE, 2),
    ("hidden", "1"): (Fault.HIDDEN, 1),
    ("held", "true"): (Fault.HELD, 1),
    ("approved", "0"): (Fault.PENDING, 1),
    ("approved", "spam"): (Fault.SPAM, 1),
    ("workflow state", "deleted"): (Fault.DELETED, 1),
    ("deleted", "1"): (Fault.DELETED, 1),
}


@pytest.mark.parametrize(("cell", "wanted"), TABLES.items())
def test_tables_say_it_in_a_column(cell, wanted):
    fault, count = wanted
    texts, left_out = brought(table(*cell))
    assert "Secret" not in "".join(texts.values())
    assert left_out == {fault: count}
    assert ("2" in texts) == (count == 1)


def test_lists_of_objects_say_it_in_a_field():
    posts = [{"id": 1, "author": "Ana", "text": "Secret", "password": "x"}, {"id": 2, "author": "Bo", "text": "Open"}]
    assert brought(json.dumps(posts)) == ({"2": "Open"}, {Fault.PROTECTED: 1})


def test_what_moodle_hides_from_who_exports_is_no_post():
    head = "id,discussion,parent,userid,userfullname,created,subject,message,messageformat\n"
    rows = [
        "1,3,0,7,Ana,1740996000,Topic,<p>Open</p>,1",
        '2,3,1,8,Author (hidden),1740996001,Subject (hidden),"This post cannot be viewed by you, probably …",1',
        "3,3,1,8,Bo,1740996002,This forum post has been removed,The content of this forum post has been removed,1",
    ]
    texts, left_out = brought(head + "\n".join(rows))
    assert (list(texts), left_out) == (["1"], {Fault.HIDDEN: 1, Fault.DELETED: 1})


def canvas(*entries):
    return json.dumps({"view": list(entries), "participants": [{"id": 5, "display_name": "Ana"}]})


def test_entries_of_canvas_that_are_deleted_or_hidden_stay_out():
    entry = {"user_id": 5, "created_at": "2024-05-06T10:00:00Z", "message": "<p>x</p>"}
    texts, left_out = brought(
        canvas(
            {**entry, "id": 1, "workflow_state": "deleted"},
            {**entry, "id": 2, "deleted": True},
            {**entry, "id": 3, "workflow_state": "post_delayed"},
            {**entry, "id": 4, "hidden": True},
            {**entry, "id": 5, "workflow_state": "active"},
        )
    )
    assert list(texts) == ["5"]
    assert left_out == {Fault.DELETED: 2, Fault.SCHEDULED: 1, Fault.HIDDEN: 1}


def test_replies_that_canvas_has_and_the_file_has_not_are_told():
    reply = {"id": 2, "user_name": "Bo", "message": "<p>b</p>", "created_at": "2024-05-06T11:00:00Z", "parent_id": 1}
    entry = {"id": 1, "user_name": "Ana", "message": "<p>a</p>", "created_at": "2024-05-06T10:00:00Z"}
    listed = [{**entry, "recent_replies": [reply], "has_more_replies": True}]
    parsed = read_file(json.dumps(listed).encode(), DateReader(UTC))
    arranged = arrange(parsed, max_depth=100, now=MONDAY)
    assert [(note.line, note.fault) for note in arranged.notes] == [(1, Fault.MORE_REPLIES)]
    both = [{**entry, "replies": [reply], "recent_replies": [reply, {**reply, "id": 3}], "has_more_replies": False}]
    assert list(brought(json.dumps(both))[0]) == ["1", "2", "3"]


def test_authors_of_anonymous_discussions_are_told_apart():
    entry = {"created_at": "2024-05-06T10:00:00Z", "message": "<p>x</p>"}
    view = canvas({**entry, "id": 1, "anonymous_id": "3xk"}, {**entry, "id": 2, "anonymous_id": "7ab"})
    assert [each.author for each in read_file(view.encode(), DateReader(UTC)).entries] == [
        "Anonymous 3xk",
        "Anonymous 7ab",
    ]
