"""What is exported as JSON or CSV can be imported elsewhere and is the same there, also by way of a spreadsheet."""

import csv
import io
import json
from datetime import timedelta
from html import escape

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lti_app.discussion.discussions.rules import Move
from lti_app.discussion.posts.actions.create import create_post
from lti_app.discussion.posts.actions.delete import delete_post
from lti_app.discussion.posts.models import Post
from lti_app.discussion.posts.rules.formats import Format
from lti_app.discussion.posts.rules.written import PostContent
from lti_app.exchange.exporting.queries import export_posts, list_records, select_for_export
from lti_app.exchange.exporting.rules.data import ExportFormat, Scope, csv_lines, json_pieces
from lti_app.exchange.formats.colloquy import MAX_CELL, csv_cell, plain_cell
from lti_app.exchange.importing.models import Import
from lti_app.exchange.importing.rules.posts import ImportChoices, ImportMode
from lti_app.exchange.importing.rules.prepare import ImportFile
from tests.cast import MONDAY
from tests.exchange.spreadsheet import PROGRAMS
from tests.factories.discussions import set_up
from tests.factories.imports import bring_in, preview
from tests.factories.readings import add_readings

WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn"]), min_size=1, max_size=30).map("a {} z".format)
POSTS = st.lists(
    st.tuples(st.integers(0, 20), st.sampled_from(["ana", "ben", "ines"]), WORDS, st.booleans()),
    min_size=1,
    max_size=12,
)


def taken(session, cast, discussion):
    selection = select_for_export(session, cast.ines, discussion, scope=Scope.READABLE, kind=ExportFormat.JSON)
    readings, posts = list_records(session, discussion), export_posts(session, selection)
    pieces = json_pieces({"title": discussion.title}, readings, posts, lambda file: file.name)
    return "".join(pieces).encode()


def as_csv(session, cast, discussion):
    selection = select_for_export(session, cast.ines, discussion, scope=Scope.READABLE, kind=ExportFormat.CSV)
    return "".join(csv_lines(export_posts(session, selection)))


def essence(content):
    """What must be the same; addresses may differ, since the order of first posts is that of their dates."""
    posts = json.loads(content)["posts"]
    by_id = {post["id"]: post for post in posts}

    def place(post):
        above = by_id.get(post.get("parent"))
        return ((*place(above),) if above else ()) + (post.get("html", ""), post["written"])

    facts = ("author", "written", "text", "html", "format", "words", "deleted", "kind")
    cites = [[(cited.get("page"), cited.get("paragraph")) for cited in post.get("cites", [])] for post in posts]
    return sorted(
        (place(post), *(str(post.get(name, "")) for name in facts), str(cited))
        for post, cited in zip(posts, cites, strict=True)
    )


def brought(session, cast, discussion, content, now=MONDAY):
    given = preview(session, cast.ines, discussion, ImportFile(content, "UTC"), now=now)
    return bring_in(session, cast.ines, discussion, given, choices=ImportChoices(ImportMode.OPEN), now=now)


@given(posts=POSTS)
@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_discussion_comes_back_the_same(session, cast, posts):
    readings = add_readings(session, cast.ines, MONDAY)
    here, there = (set_up(session, cast.ines, MONDAY, reading_ids=readings, post_first=False) for _ in range(2))
    ids = []
    for n, (above, who, text, is_rich) in enumerate(posts):
        parent = ids[above - 1] if 0 < above <= len(ids) else None
        words = f"<p>{n}. <em>{n}</em> [Kotter, p. {n}]</p><ul><li>x</li></ul>" if is_rich else f"{n}. {text} [Kotter]"
        written = PostContent(words, Format.HTML if is_rich else Format.TEXT)
        ids.append(create_post(session, getattr(cast, who), here, written, parent_id=parent, now=MONDAY).id)
    content = taken(session, cast, here)
    assert brought(session, cast, there, content) == len(posts)
    assert essence(taken(session, cast, there)) == essence(content)
    assert brought(session, cast, there, content) == 0


SAID = [
    PostContent("- a list\n- of dashes\n\n> quoted\n\nEnd."),
    PostContent("=1+1"),
    PostContent("'=1+1"),
    PostContent("’tis, 'tis"),
    PostContent("'tis the season"),
    PostContent("''quoted twice''"),
    PostContent("＝1+1 and ＠SUM(1)"),
    PostContent("@SUM(1+1)*cmd|' /C calc'!A0"),
    PostContent("12E5"),
    PostContent("١٢٣"),
    PostContent('1;2;3\n\n\n;"";'),
    PostContent("007"),
    PostContent("3/4"),
    PostContent("March 3"),
    PostContent("TRUE"),
    PostContent('a < b & c > d; "quoted" [Kotter, p. 104], &amp; <b>not bold</b>'),
    PostContent("https://example.edu/a,b;c and\ttabs"),
    PostContent("<ol start='3'><li>three</li><li>four<ul><li>deep</li></ul></li></ol><p>1990. was</p>", Format.HTML),
    PostContent("<blockquote><p>Said</p></blockquote><p>a<br>b</p><pre><code>x = '1'\n  y</code></pre>", Format.HTML),
    PostContent('<p><a href="https://e.org/?a=b&amp;c">link</a> <strong>bold</strong></p>', Format.HTML),
    PostContent("<table><tbody><tr><th>a</th><td>b</td></tr></tbody></table>", Format.HTML),
    PostContent("<p>-5</p>", Format.HTML),
    PostContent("An example.", move=Move.EXAMPLE),
]


@pytest.mark.parametrize("program", PROGRAMS.values(), ids=PROGRAMS)
def test_our_table_comes_back_from_a_spreadsheet(session, cast, program):
    readings = add_readings(session, cast.ines, MONDAY)
    here, there = (set_up(session, cast.ines, MONDAY, reading_ids=readings, post_first=False) for _ in range(2))
    top = create_post(session, cast.ana, here, PostContent("Top."), parent_id=None, now=MONDAY).id
    said = [content for content in SAID if not (program.eats_apostrophes and content.text.startswith(("''", "'=")))]
    for n, content in enumerate(said):
        who, at = (cast.ben, cast.ana)[n % 2], MONDAY + timedelta(minutes=n, microseconds=n)
        create_post(session, who, here, content, parent_id=top, now=at)
    file = program.saved(as_csv(session, cast, here))
    assert brought(session, cast, there, file, now=MONDAY + timedelta(days=1)) == len(said) + 1
    assert essence(taken(session, cast, there)) == essence(taken(session, cast, here))
    assert brought(session, cast, there, file, now=MONDAY + timedelta(days=1)) == 0
    assert brought(session, cast, there, taken(session, cast, here), now=MONDAY + timedelta(days=1)) == 0


@given(posts=POSTS, program=st.sampled_from(list(PROGRAMS)))
@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_discussion_comes_back_by_way_of_a_spreadsheet(session, cast, posts, program):
    here, there = (set_up(session, cast.ines, MONDAY, post_first=False) for _ in range(2))
    ids = []
    for n, (above, who, said, is_rich) in enumerate(posts):
        text = f"{said} {n}"  # the same words again would be taken for a second click
        parent = ids[above - 1] if 0 < above <= len(ids) else None
        written = (
            PostContent(f"<p>{escape(text)}</p><ul><li>x</li></ul>", Format.HTML) if is_rich else PostContent(text)
        )
        ids.append(create_post(session, getattr(cast, who), here, written, parent_id=parent, now=MONDAY).id)
    content = PROGRAMS[program].saved(as_csv(session, cast, here))
    assert brought(session, cast, there, content) == len(posts)
    assert essence(taken(session, cast, there)) == essence(taken(session, cast, here))


def test_what_others_cannot_read_does_not_come_back_and_is_told(session, cast, discussion, clock):
    written = [
        create_post(session, cast.ana, discussion, PostContent(f"Post {n}"), parent_id=None, now=MONDAY).id
        for n in range(4)
    ]
    session.get_one(Post, written[1]).held_at = MONDAY
    session.get_one(Post, written[2]).hidden_at = MONDAY
    session.get_one(Post, written[3]).private_to_id = cast.ben.person_id
    session.flush()
    there = set_up(session, cast.ines, clock())
    content = as_csv(session, cast, discussion).encode()
    given = preview(session, cast.ines, there, ImportFile(content, "UTC"), now=MONDAY)
    assert session.get_one(Import, given).fault_counts == {"held": 1, "hidden": 1, "private": 1}
    assert brought(session, cast, there, content) == 1


def test_a_long_text_that_a_spreadsheet_has_cut_is_told(session, cast, discussion, clock):
    words = "".join(f"<p><em>{n}</em></p>" for n in range(2_000))
    create_post(session, cast.ana, discussion, PostContent(words, Format.HTML), parent_id=None, now=MONDAY)
    rows = [*csv.reader(io.StringIO(as_csv(session, cast, discussion), newline=""))]
    file = io.StringIO(newline="")
    csv.writer(file).writerows([[cell[:MAX_CELL] for cell in row] for row in rows])
    there = set_up(session, cast.ines, clock())
    given = preview(session, cast.ines, there, ImportFile(file.getvalue().encode(), "UTC"), now=MONDAY)
    assert session.get_one(Import, given).fault_counts == {"cut": 1}
    assert brought(session, cast, there, file.getvalue().encode()) == 1


def test_places_of_deleted_posts_come_back_too(session, cast, discussion, clock):
    first = create_post(session, cast.ana, discussion, PostContent("Gone"), parent_id=None, now=MONDAY)
    create_post(session, cast.ines, discussion, PostContent("Here"), parent_id=first.id, now=MONDAY)
    delete_post(session, cast.ana, discussion, first.id, now=MONDAY)
    there = set_up(session, cast.ines, clock())
    assert brought(session, cast, there, taken(session, cast, discussion)) == 2
    posts = json.loads(taken(session, cast, there))["posts"]
    assert [(post.get("deleted"), post.get("text")) for post in posts] == [(True, None), (None, "Here")]


@given(st.text(max_size=40))
def test_no_cell_is_a_formula(text):
    cell = csv_cell(text)
    assert not cell.lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r"))
    assert plain_cell(cell) == text


def test_csv_begins_with_the_mark_by_which_spreadsheets_know_utf_8():
    assert next(iter(csv_lines([]))).startswith("\ufeffaddress,reply to,author")
