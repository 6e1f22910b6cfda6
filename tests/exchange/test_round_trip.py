"""What is taken out as JSON can be brought in elsewhere and is the same there."""

import json

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lti_app.discussion.posts.actions.create import create_post
from lti_app.discussion.posts.actions.delete import delete_post
from lti_app.discussion.posts.rules.formats import Format
from lti_app.discussion.posts.rules.written import PostContent
from lti_app.exchange.exporting.queries import export_posts, list_records, select_for_export
from lti_app.exchange.exporting.rules.data import ExportFormat, Scope, csv_cell, csv_lines, json_pieces
from lti_app.exchange.importing.actions.preview import ImportFile, preview_import
from lti_app.exchange.importing.actions.run import run_import
from lti_app.exchange.importing.rules.posts import ImportMode
from tests.cast import MONDAY
from tests.factories.discussions import set_up
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


def essence(content):
    """What must be the same; addresses may differ, since the order of first posts is that of their dates."""
    posts = json.loads(content)["posts"]
    by_id = {post["id"]: post for post in posts}

    def place(post):
        above = by_id.get(post.get("parent"))
        return ((*place(above),) if above else ()) + (post.get("html", ""), post["written"])

    facts = ("author", "written", "text", "html", "format", "words", "deleted")
    cites = [[(cited.get("page"), cited.get("paragraph")) for cited in post.get("cites", [])] for post in posts]
    return sorted(
        (place(post), *(str(post.get(name, "")) for name in facts), str(cited))
        for post, cited in zip(posts, cites, strict=True)
    )


def brought(session, cast, discussion, content):
    given = preview_import(session, cast.ines, discussion.id, ImportFile(content, "UTC"), now=MONDAY)
    return run_import(session, cast.ines, discussion.id, given, mode=ImportMode.OPEN, placeholder="", now=MONDAY)


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
    assert cell.removeprefix("'") == text.removeprefix("'")


def test_csv_begins_with_the_mark_by_which_spreadsheets_know_utf_8():
    assert next(iter(csv_lines([]))).startswith("\ufeffaddress,reply to,author")
