"""Bringing posts in: whole or not at all, once however often, in the threads that the file says."""

import json
import random
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from lti_app.core.errors import Forbidden, NotFound
from lti_app.discussion.discussions.models import Discussion
from lti_app.discussion.discussions.queries.discussion import get_discussion
from lti_app.discussion.integrity.actions import screen
from lti_app.discussion.integrity.models import SignatureBand
from lti_app.discussion.moderation.rules import HeldReason
from lti_app.discussion.posts.access import PostPermission, may
from lti_app.discussion.posts.actions.create import create_post
from lti_app.discussion.posts.errors import ThreadLocked
from lti_app.discussion.posts.models import Citation, Post
from lti_app.discussion.posts.queries.gate import circumstances_of, get_post
from lti_app.discussion.posts.rules.written import PostContent
from lti_app.discussion.threads.queries import get_overview, read_thread
from lti_app.exchange.formats.entries import Fault
from lti_app.exchange.formats.errors import FileRefused
from lti_app.exchange.importing.actions.discard import discard_import
from lti_app.exchange.importing.actions.preview import preview_import
from lti_app.exchange.importing.actions.run import run_import
from lti_app.exchange.importing.models import Import
from lti_app.exchange.importing.rules.posts import ImportChoices, ImportMode
from lti_app.exchange.importing.rules.prepare import ImportFile, prepare_import
from lti_app.library.passages.actions import store_text
from lti_app.library.passages.rules import Page, TextStorage
from lti_app.participation.progress.queries import collect_class_facts, get_participation
from tests.cast import MONDAY
from tests.factories.discussions import set_up
from tests.factories.imports import bring_in, preview
from tests.factories.readings import add_readings
from tests.factories.requirements import Kinds

LAST_YEAR = datetime(2025, 3, 3, 10, 0, tzinfo=UTC)


def rows(*posts, start=0):
    """JSON of posts (id, parent, author, text), a minute apart."""
    return json.dumps(
        [
            {"id": key, "parent": parent, "author": author, "text": text, "date": at(start + n)}
            for n, (key, parent, author, text) in enumerate(posts)
        ]
    ).encode()


def at(minutes):
    return (LAST_YEAR + timedelta(minutes=minutes)).isoformat()


THREAD = (
    ("1", "", "Ada Lovelace", "Engines first."),
    ("2", "1", "Bo Diddley", "Why?"),
    ("3", "", "Cem Yilmaz", "Another start."),
    ("4", "2", "Ada Lovelace", "Because."),
    ("5", "1", "Cem Yilmaz", "I doubt it."),
)


@pytest.fixture
def take(session, cast, discussion):
    """Look at a file and bring it in; answers how many posts are new."""

    def take(content, *, mode=ImportMode.OPEN, placeholder="", into=discussion, sellers=frozenset(), **options):
        upload = ImportFile(content, "UTC", **options)
        given = preview(session, cast.ines, into, upload, now=MONDAY)
        return bring_in(session, cast.ines, into, given, choices=ImportChoices(mode, placeholder, sellers), now=MONDAY)

    return take


def stored(session, discussion):
    return session.scalars(
        select(Post)
        .where(Post.discussion_id == discussion.id)
        .order_by(Post.path)
        .execution_options(populate_existing=True)
    ).all()


def check_counters(session, discussion):
    """Whatever came in, the counters say what one would count."""
    posts = stored(session, discussion)
    by_id = {post.id: post for post in posts}
    view = session.get_one(Discussion, discussion.id, populate_existing=True)
    assert sorted(post.number for post in posts) == list(range(1, len(posts) + 1))
    assert view.post_count == len(posts)
    assert view.root_count == sum(post.parent_id is None for post in posts)
    for post in posts:
        below = [other for other in posts if other.path.startswith(post.path + ".")]
        assert post.reply_count == sum(other.parent_id == post.id for other in posts)
        assert post.depth == post.path.count(".") == post.address.count(".")
        if post.parent_id is None:
            assert post.root_id is None
            assert post.descendants == len(below)
            assert post.latest_number == max([post.number, *(other.number for other in below)])
        else:
            parent = by_id[post.parent_id]
            assert post.path.rpartition(".")[0] == parent.path
            assert post.address.rpartition(".")[0] == parent.address
            assert post.number > parent.number
            assert post.root_id == (parent.root_id or parent.id)


def test_threads_stand_as_the_file_says(session, discussion, take):
    assert take(rows(*THREAD)) == 5
    found = [(post.address, post.byline, post.text) for post in stored(session, discussion)]
    assert found == [
        ("1", "Ada Lovelace", "Engines first."),
        ("1.1", "Bo Diddley", "Why?"),
        ("1.1.1", "Ada Lovelace", "Because."),
        ("1.2", "Cem Yilmaz", "I doubt it."),
        ("2", "Cem Yilmaz", "Another start."),
    ]
    assert stored(session, discussion)[0].created_at == LAST_YEAR
    check_counters(session, discussion)


def test_the_same_file_adds_nothing_the_second_time(session, discussion, take):
    take(rows(*THREAD))
    assert take(rows(*THREAD)) == 0
    assert take(rows(*reversed(THREAD), start=0)) > 0  # the same ids on other dates are other posts
    check_counters(session, discussion)


def test_a_longer_file_adds_what_is_new_below_what_was_there(session, cast, discussion, take):
    take(rows(*THREAD[:2]))
    own = create_post(session, cast.ana, discussion, PostContent("My own."), parent_id=None, now=MONDAY)
    assert take(rows(*THREAD)) == 3
    addresses = [(post.address, post.text) for post in stored(session, discussion)]
    assert ("1.1.1", "Because.") in addresses
    assert ("1.2", "I doubt it.") in addresses
    assert ("3", "Another start.") in addresses
    assert (own.address, "My own.") in addresses
    check_counters(session, discussion)


def test_files_without_ids_are_recognised_by_what_they_say(session, discussion, take):
    file = b"author,date,text,reply-to\nAda,2025-03-03,Hello,\nBo,2025-03-04,Yes,1\nBo,2025-03-04,Yes,1\n"
    assert take(file) == 3
    assert take(file) == 0
    assert take(file + b"Cem,2025-03-05,No,2\n") == 1
    assert [post.address for post in stored(session, discussion)] == ["1", "1.1", "1.1.1", "1.2"]


def test_the_second_of_two_clicks_adds_nothing(session, cast, discussion):
    given = preview(session, cast.ines, discussion, ImportFile(rows(*THREAD), "UTC"), now=MONDAY)
    added = [
        bring_in(session, cast.ines, discussion, given, choices=ImportChoices(ImportMode.OPEN), now=MONDAY)
        for _ in range(2)
    ]
    assert added == [5, 0]
    kept = session.get_one(Import, given, populate_existing=True)
    assert (kept.added, kept.content, kept.preview) == (5, None, [])


def test_an_exhibit_is_read_only_for_students_and_live_posts_are_not(session, cast, discussion, take):
    take(rows(*THREAD[:2]), mode=ImportMode.READ_ONLY)
    take(rows(("9", "", "Dia", "Living.")), mode=ImportMode.OPEN)
    create_post(session, cast.ana, discussion, PostContent("I may reply now."), parent_id=None, now=MONDAY)
    ids = {post.text: post.id for post in stored(session, discussion)}
    with pytest.raises(ThreadLocked):
        create_post(session, cast.ana, discussion, PostContent("But"), parent_id=ids["Why?"], now=MONDAY)
    create_post(session, cast.ana, discussion, PostContent("Yes"), parent_id=ids["Living."], now=MONDAY)
    shown = get_post(session, cast.ines, discussion, ids["Living."], need=PostPermission.READ)
    assert (shown.author, shown.is_own, shown.by_staff, shown.can_edit) == ("Dia", False, False, False)
    assert may(cast.ana, PostPermission.REPLY, circumstances_of(session, cast.ana, discussion))
    check_counters(session, discussion)


def test_names_can_be_hidden_and_stay_the_same_next_time(session, discussion, take):
    take(rows(*THREAD[:2]), placeholder="Author {}")
    take(rows(*THREAD), placeholder="Author {}")
    lines = {post.text: post.byline for post in stored(session, discussion)}
    assert lines["Engines first."] == lines["Because."] == "Author 1"
    assert lines["Why?"] == "Author 2"
    assert lines["Another start."] == lines["I doubt it."] == "Author 3"
    kept = "".join(str(value) for row in session.execute(select(Import.__table__)) for value in row)
    assert "Lovelace" not in kept


def test_deleted_posts_keep_their_place_where_something_answers_them(session, discussion, take):
    take(
        json.dumps(
            {
                "participants": [{"id": 7, "display_name": "Ada"}],
                "view": [
                    {
                        "id": 1,
                        "deleted": True,
                        "created_at": at(0),
                        "replies": [
                            {"id": 2, "parent_id": 1, "user_id": 7, "message": "<p>Still here</p>", "created_at": at(1)}
                        ],
                    },
                    {"id": 3, "deleted": True, "created_at": at(2)},
                ],
            }
        ).encode()
    )
    first, second = stored(session, discussion)
    assert (first.deleted_at, first.text, first.byline) == (MONDAY, "", "")
    assert (second.address, second.byline, second.words) == ("1.1", "Ada", 2)


def test_citations_in_plain_text_count_for_the_map_and_for_nobodys_participation(session, cast, clock, take):
    readings = add_readings(session, cast.ines, clock())
    discussion = set_up(session, cast.ines, clock(), reading_ids=readings, required_ids=frozenset(readings))
    take(rows(("1", "", "Ada", "As [Kotter, p. 104] says."), ("2", "1", "Bo", "[Kotter, p. 104]")), into=discussion)
    assert session.scalar(select(func.count()).select_from(Citation)) == 2
    assert {post.author_id for post in stored(session, discussion)} == {cast.ines.person_id}


def test_html_comes_in_sanitised(session, discussion, take):
    take(rows(("1", "", "Ada<b>", '<p onclick="x()">Good <script>alert(1)</script><a href="javascript:x">day</a></p>')))
    (post,) = stored(session, discussion)
    assert "script" not in post.html
    assert "onclick" not in post.html
    assert post.byline == "Ada<b>"  # a name is text, and escaped when shown
    assert post.words == 2


def test_nothing_half_done_stays(session, cast, discussion, monkeypatch):
    given = preview(session, cast.ines, discussion, ImportFile(rows(*THREAD), "UTC"), now=MONDAY)
    session.commit()

    def fail(*_args):
        raise RuntimeError

    monkeypatch.setattr("lti_app.exchange.importing.actions.threads._Writer._cite", fail)
    with pytest.raises(RuntimeError):
        bring_in(session, cast.ines, discussion, given, choices=ImportChoices(ImportMode.OPEN), now=MONDAY)
    session.rollback()
    assert stored(session, discussion) == []
    assert session.get_one(Import, given).imported_at is None


def test_a_file_that_was_left_is_forgotten_when_the_next_is_given(session, cast, discussion):
    first = preview(session, cast.ines, discussion, ImportFile(rows(*THREAD), "UTC"), now=MONDAY)
    second = preview(session, cast.ines, discussion, ImportFile(rows(*THREAD[:1]), "UTC"), now=MONDAY)
    assert first != second or session.scalar(select(func.count()).select_from(Import)) == 1
    discard_import(session, cast.ines, discussion.id, second, now=MONDAY)
    assert session.scalar(select(func.count()).select_from(Import)) == 0


@pytest.mark.parametrize("who", ["tariq", "ana", "olga"])
def test_only_instructors_bring_in(session, cast, discussion, who):
    given = preview(session, cast.ines, discussion, ImportFile(rows(*THREAD), "UTC"), now=MONDAY)
    actor = getattr(cast, who)
    with pytest.raises(Forbidden):
        preview(session, actor, discussion, ImportFile(rows(*THREAD), "UTC"), now=MONDAY)
    with pytest.raises(Forbidden):
        bring_in(session, actor, discussion, given, choices=ImportChoices(ImportMode.OPEN), now=MONDAY)
    with pytest.raises(Forbidden):
        discard_import(session, actor, discussion.id, given, now=MONDAY)


def test_an_import_belongs_to_its_discussion(session, cast, clock, discussion):
    other = set_up(session, cast.ines, clock())
    given = preview(session, cast.ines, discussion, ImportFile(rows(*THREAD), "UTC"), now=MONDAY)
    with pytest.raises(NotFound):
        bring_in(session, cast.ines, other, given, choices=ImportChoices(ImportMode.OPEN), now=MONDAY)
    with pytest.raises(NotFound):
        preview(session, cast.elsewhere, discussion, ImportFile(rows(*THREAD), "UTC"), now=MONDAY)


def test_a_file_that_cannot_be_read_leaves_nothing(session, cast, discussion):
    with pytest.raises(FileRefused):
        preview(session, cast.ines, discussion, ImportFile(b"%PDF-1.7", "UTC"), now=MONDAY)
    assert session.scalar(select(func.count()).select_from(Import)) == 0


@given(shape=st.tuples(st.integers(0, 10_000), st.integers(1, 25), st.integers(0, 25)))
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_forest_comes_in_whole_in_any_number_of_files(session, cast, take, shape):
    seed, size, cut = shape
    discussion = set_up(session, cast.ines, MONDAY)
    chance = random.Random(seed)
    posts = [
        (str(n), str(chance.choice(["", *range(1, n)])), chance.choice("ABC"), f"Words {n}") for n in range(1, size + 1)
    ]
    take(rows(*posts[:cut]), into=discussion) if posts[:cut] else None
    take(rows(*posts), into=discussion)
    found = stored(session, discussion)
    by_id = {post.id: post.text for post in found}
    wanted = {f"Words {key}": f"Words {parent}" if parent else None for key, parent, _author, _text in posts}
    assert {post.text: by_id.get(post.parent_id) for post in found} == wanted
    check_counters(session, discussion)
    assert take(rows(*posts), into=get_discussion(session, cast.ines, discussion.id, now=MONDAY)) == 0


def test_a_late_copy_of_what_was_brought_in_waits(session, cast, discussion, take):
    essay = " ".join(f"word{n}" for n in range(60))
    take(rows(("1", "", "Ada", essay)))
    post = create_post(session, cast.ana, discussion, PostContent(essay), parent_id=None, now=MONDAY)
    found = screen(session, cast.ana, discussion, post.id, sellers=frozenset(), now=MONDAY)
    assert found == [HeldReason.SIMILAR]
    assert [post.held_at for post in stored(session, discussion)] == [None, MONDAY]


def test_quotations_are_checked_as_those_of_posts_written_here(session, cast, clock, take):
    readings = add_readings(session, cast.ines, clock())
    said = "Leadership complements management; it does not replace it at all."
    store_text(session, cast.ines, readings[0], [Page("104", said)], stored_as=TextStorage.TEXT, now=clock())
    discussion = set_up(session, cast.ines, clock(), reading_ids=readings)
    take(rows(("1", "", "Ada", f'She says: "{said}"'), ("2", "1", "Bo", "No quotation.")), into=discussion)
    first, second = stored(session, discussion)
    assert [(quote["page"], quote["reading_id"]) for quote in first.quotes] == [("104", readings[0])]
    assert second.quotes == []


def test_what_happened_last_is_what_was_written_here(session, cast, clock, take):
    discussion = set_up(session, cast.ines, clock(), post_first=False)
    take(rows(("1", "", "Ada", "One."), ("2", "", "Bo", "Two.")), into=discussion)
    activity = get_overview(session, cast.ines, discussion).activity
    assert (activity.last_author, activity.last_at) == ("Bo", LAST_YEAR + timedelta(minutes=1))
    create_post(session, cast.ana, discussion, PostContent("Mine."), parent_id=None, now=MONDAY)
    take(rows(("3", "", "Cem", "Three.")), into=discussion)
    activity = get_overview(session, cast.ines, discussion).activity
    assert (activity.last_author, activity.last_at) == ("Ana Brandt", MONDAY)


def test_each_name_is_somebody_and_nobody_of_the_course(session, cast, clock, take):
    discussion = set_up(session, cast.ines, clock(), replies_wanted=2, reply_words=1, post_first=False)
    take(rows(("1", "", "Ada", "One."), ("2", "", "Bo", "Two."), ("3", "1", "Ada", "More.")), into=discussion)
    ids = {post.text: post.id for post in stored(session, discussion)}
    create_post(session, cast.ana, discussion, PostContent("My own start."), parent_id=None, now=MONDAY)
    assert get_overview(session, cast.ines, discussion).activity.participants == 3
    counts = []
    for answered in ("One.", "More.", "Two."):
        create_post(session, cast.ana, discussion, PostContent(f"To {answered}"), parent_id=ids[answered], now=MONDAY)
        verdicts = get_participation(session, cast.ana, discussion, now=MONDAY).verdicts.requirements
        counts.append([(verdict.have, verdict.people) for verdict in verdicts if verdict.kind is Kinds.REPLIES])
    assert counts == [[(1, ("Ada",))], [(1, ("Ada",))], [(2, ("Ada", "Bo"))]]
    assert cast.ines.person_id not in collect_class_facts(session, cast.ines, discussion)
    page = read_thread(session, cast.ines, discussion, circumstances=circumstances_of(session, cast.ines, discussion))
    assert page.counts[ids["One."]].participants == 2  # Ada twice, and Ana
    assert cast.ines.person_id not in page.names


def test_formatting_that_is_too_deep_comes_in_as_words_and_is_told(session, cast, discussion, take):
    content = rows(("1", "", "Ada", "<p>One <b>two</b></p>" + "<div>" * 15_000), ("2", "1", "Bo", "<p>Fine.</p>"))
    upload = ImportFile(content, "UTC")
    given = preview(session, cast.ines, discussion, upload, now=MONDAY)
    assert [note[:2] for note in session.get_one(Import, given).notes] == [[1, Fault.TOO_COMPLEX]]
    assert take(content) == 2
    assert [post.html for post in stored(session, discussion)] == ["<p>One two</p>", "<p>Fine.</p>"]


class TestTraces:
    """By what posts are found and compared: made before the transaction, in which nobody else can write on SQLite."""

    SAID = " ".join(f"leaders{n} set a direction" for n in range(20))
    FILE = ImportFile(rows(("1", "", "Ada", SAID), ("2", "1", "Bo", SAID.upper())), "UTC")

    @pytest.fixture
    def bring_in_prepared(self, session, cast):
        def bring_in_prepared(discussion, prepared):
            import_id = preview_import(session, cast.ines, discussion.id, prepared, now=MONDAY)
            choices = ImportChoices(ImportMode.OPEN)
            return run_import(session, cast.ines, discussion.id, import_id, prepared, choices=choices, now=MONDAY)

        return bring_in_prepared

    def stored(self, session, discussion):
        """What each post is compared by, and whether it is found."""
        bands = select(Post.path, SignatureBand.band).join(SignatureBand, SignatureBand.post_id == Post.id)
        found = session.execute(bands.where(Post.discussion_id == discussion.id)).all()
        return {(row.path, row.band) for row in found}

    def test_they_are_not_made_again_while_posts_are_written(self, session, cast, bring_in_prepared, monkeypatch):
        discussion = set_up(session, cast.ines, MONDAY)
        prepared = prepare_import(self.FILE, discussion.readings, now=MONDAY).traced(discussion.prompt)
        for name in ("index_form", "signature_of"):
            monkeypatch.delattr(f"lti_app.exchange.importing.rules.prepare.{name}")
        assert bring_in_prepared(discussion, prepared) == 2
        assert len(self.stored(session, discussion)) > 2

    @pytest.mark.parametrize(
        "prompt", ["", "Another prompt than before", "Leaders1 set a direction leaders2 set a direction"]
    )
    def test_they_are_made_anew_where_the_prompt_has_changed(self, session, cast, bring_in_prepared, prompt):
        one, other = (set_up(session, cast.ines, MONDAY, prompt=prompt) for _ in range(2))
        prepared = prepare_import(self.FILE, one.readings, now=MONDAY)
        assert bring_in_prepared(one, prepared) == 2
        assert bring_in_prepared(other, prepared.traced("What the discussion asked before.")) == 2
        assert self.stored(session, one) == self.stored(session, other)
