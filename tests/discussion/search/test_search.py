"""Finding posts: what is found, by whom, and at what cost; one person's posts."""

from types import SimpleNamespace

import pytest
from sqlalchemy import update

from lti_app.core.errors import NotFound
from lti_app.discussion.discussions.rules import Anonymity
from lti_app.discussion.posts.actions.delete import delete_post
from lti_app.discussion.posts.actions.edit import edit_post
from lti_app.discussion.posts.models import Post
from lti_app.discussion.posts.queries.readable import list_readable
from lti_app.discussion.posts.rules.written import PostContent
from lti_app.discussion.search.queries import PAGE_SIZE, get_person_posts, search_posts
from tests.factories.discussions import set_up
from tests.factories.posts import write
from tests.statements import count_statements


@pytest.fixture
def open_discussion(session, cast, clock):
    return set_up(session, cast.ines, clock(), title="Open", post_first=False)


@pytest.fixture
def place(session, cast, clock, open_discussion):
    """Where one writes and searches."""
    return SimpleNamespace(session=session, cast=cast, clock=clock, discussion=open_discussion)


def found(session, actor, clock, query, **more):
    readable = list_readable(session, actor, clock())
    return [post.address for post in search_posts(session, actor, readable, query, **more).posts]


@pytest.mark.parametrize(
    ("query", "is_found"),
    [
        ("leaders", True),
        ("LEAD", True),
        ("direction leaders", True),
        ('"set a direction"', True),
        ('"a set direction"', False),
        ('"set a direct"', False),
        ("leaders nowhere", False),
        ("cafe", True),
        ("café", True),
        ("eader", False),
        ("well-known", True),
        ("don't", True),
        ("naïve' OR 1=1 --", False),
        (") & | ! :* <->", False),
        ("", False),
    ],
)
def test_words_are_found_by_their_beginning_and_phrases_as_they_stand(place, query, is_found):
    text = "Leaders set a direction: a well-known Café, don't they?"
    write(place.session, place.cast.ana, place.discussion, text=text, now=place.clock())
    assert found(place.session, place.cast.ben, place.clock, query) == (["1"] if is_found else [])


def test_what_was_edited_is_found_by_its_new_words_alone(session, cast, open_discussion, clock):
    post = write(session, cast.ana, open_discussion, text="Alpha words.", now=clock())
    edit_post(session, cast.ana, open_discussion, post.id, PostContent("Omega words."), version=1, now=clock())
    assert found(session, cast.ben, clock, "alpha") == []
    assert found(session, cast.ben, clock, "omega") == ["1"]


@pytest.mark.parametrize(
    ("change", "ana", "ben", "ines"),
    [
        ({"hidden_at": True}, True, False, True),
        ({"held_at": True}, True, False, True),
        ({"private_to_id": "chi"}, True, False, True),
        ({"private_to_id": "ben"}, True, True, True),
    ],
)
def test_nobody_finds_what_they_may_not_read(place, change, ana, ben, ines):
    now, cast = place.clock(), place.cast
    post = write(place.session, cast.ana, place.discussion, text="Secret words.", now=now)
    values = {name: getattr(cast, value).person_id if isinstance(value, str) else now for name, value in change.items()}
    place.session.execute(update(Post).where(Post.id == post.id).values(values))
    seen = [bool(found(place.session, actor, place.clock, "secret")) for actor in (cast.ana, cast.ben, cast.ines)]
    assert seen == [ana, ben, ines]


def test_what_is_deleted_is_not_found(session, cast, open_discussion, clock):
    post = write(session, cast.ana, open_discussion, text="Secret words.", now=clock())
    delete_post(session, cast.ana, open_discussion, post.id, now=clock())
    assert found(session, cast.ines, clock, "secret") == []


def test_the_gate_of_a_discussion_holds_for_search(session, cast, discussion, clock):
    write(session, cast.ana, discussion, text="Secret words.", now=clock())
    assert found(session, cast.ben, clock, "secret") == []
    write(session, cast.ben, discussion, text="My own first words.", now=clock())
    assert found(session, cast.ben, clock, "secret") == ["1"]
    assert found(session, cast.olga, clock, "secret") == []
    assert found(session, cast.stranger, clock, "secret") == []


def test_names_are_shown_as_in_the_discussion(session, cast, clock):
    hidden = set_up(session, cast.ines, clock(), post_first=False, anonymity=Anonymity.PEERS)
    write(session, cast.ana, hidden, text="Secret words.", now=clock())
    readable = list_readable(session, cast.ben, clock())
    (post,) = search_posts(session, cast.ben, readable, "secret").posts
    assert "Ana" not in post.author
    with pytest.raises(NotFound):
        get_person_posts(session, cast.ben, cast.ana.person_id, clock())
    assert get_person_posts(session, cast.ana, cast.ana.person_id, clock()).page.posts != ()
    assert get_person_posts(session, cast.ines, cast.ana.person_id, clock()).page.posts != ()


def test_pages_by_key_hold_every_post_once(session, cast, open_discussion, clock):
    for number in range(PAGE_SIZE * 2 + 5):
        write(session, cast.ana, open_discussion, text=f"Common word {number}.", now=clock())
    readable = list_readable(session, cast.ben, clock())
    addresses, below = [], None
    for _page in range(3):
        page = search_posts(session, cast.ben, readable, "common", below=below)
        addresses += [post.address for post in page.posts]
        below = page.older
    assert below is None
    assert addresses == [str(number) for number in range(PAGE_SIZE * 2 + 5, 0, -1)]


def test_one_persons_posts(session, cast, open_discussion, clock):
    write(session, cast.ana, open_discussion, text="Mine.", now=clock())
    write(session, cast.ben, open_discussion, text="Not mine.", now=clock())
    written = get_person_posts(session, cast.ben, cast.ana.person_id, clock())
    assert (written.name, written.is_self) == ("Ana Brandt", False)
    assert [(post.address, post.discussion) for post in written.page.posts] == [("1", "Open")]
    with pytest.raises(NotFound):
        get_person_posts(session, cast.ben, cast.stranger.person_id, clock())


def test_so_many_statements_whatever_is_found(session, cast, open_discussion, clock, database):
    for number in range(30):
        write(session, cast.ana, open_discussion, text=f"Common word {number}.", now=clock())
    session.commit()
    with count_statements(database.engine) as statements:
        found(session, cast.ben, clock, "common")
    assert len(statements) <= 3
    with count_statements(database.engine) as statements:
        get_person_posts(session, cast.ben, cast.ana.person_id, clock())
    assert len(statements) <= 4
