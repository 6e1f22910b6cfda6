"""A form that is sent twice makes one post; what differs in anything that its author has chosen is another."""

import io
from dataclasses import replace

import pytest

from lti_app.discussion.discussions.rules import Move
from lti_app.discussion.posts.actions.create import create_post
from lti_app.discussion.posts.actions.delete import delete_post
from lti_app.discussion.posts.errors import AlreadyPosted
from lti_app.discussion.posts.models import Post
from lti_app.discussion.posts.rules.formats import Format
from lti_app.discussion.posts.rules.written import PostContent
from lti_app.library.files.actions import store_file
from lti_app.library.files.rules import Purpose
from lti_app.library.readings.actions.passages import find_or_add_passage
from lti_app.storage.folder import FolderStorage
from tests.factories.discussions import set_up
from tests.factories.files import pdf, png
from tests.factories.readings import add_readings

WORDS = PostContent("The same words.")


@pytest.fixture
def send(session, cast, clock, tmp_path):
    """Stores a file of Ana's and answers what is known of it."""

    def send(content, name="notes.pdf"):
        about = {"name": name, "purpose": Purpose.ATTACHMENT, "now": clock()}
        return store_file(session, cast.ana, FolderStorage(tmp_path), io.BytesIO(content), **about)

    return send


@pytest.fixture
def post(session, cast, discussion, clock):
    """Posts as Ana; answers the address, or None where the post is taken for one that is there."""

    def post(written, parent_id=None, **more):
        try:
            with session.begin_nested():
                about = {"parent_id": parent_id, "now": clock(), **more}
                return create_post(session, cast.ana, discussion, written, **about).address
        except AlreadyPosted:
            return None

    return post


def test_another_file_is_another_post(post, send):
    assert post(WORDS) == "1"
    assert post(replace(WORDS, file_ids=(send(pdf(["A"])).id,))) == "2"
    assert post(replace(WORDS, file_ids=(send(pdf(["B"])).id,))) == "3"
    assert post(replace(WORDS, file_ids=(send(pdf(["B"]), "other.pdf").id,))) == "4"
    both = (send(pdf(["A"])).id, send(pdf(["B"])).id)
    assert post(replace(WORDS, file_ids=both)) == "5"
    assert post(WORDS) is None


def test_the_same_file_sent_again_is_the_same_post(post, send):
    first, second = send(pdf(["A"])).id, send(png(), "Chart.png").id
    assert post(replace(WORDS, file_ids=(first, second))) == "1"
    assert post(replace(WORDS, file_ids=(first, second))) is None
    assert post(replace(WORDS, file_ids=(send(png(), "Chart.png").id, send(pdf(["A"])).id))) is None


def test_another_picture_in_the_text_is_another_post(post, send, cast):
    def written(file):
        address = f"/courses/{cast.course_id}/files/{file.id}/{file.slug}"
        return PostContent(f'<p>Look.</p><p><img src="{address}" alt="A chart"></p>', Format.HTML)

    first, second = send(png(2, 2)), send(png(3, 3))
    assert post(written(first)) == "1"
    assert post(written(first)) is None
    assert post(written(second)) == "2"


def test_another_passage_of_the_same_page_is_another_post(session, cast, clock):
    reading, _ = add_readings(session, cast.ines, clock())
    discussion = set_up(session, cast.ines, clock(), reading_ids=(reading,))
    passages = [find_or_add_passage(session, reading, page="104", paragraph=number) for number in ("1", "2")]
    chip = '<p>See <a class="cited" data-reading="{}" data-passage="{}">this</a>.</p>'
    posts = [PostContent(chip.format(reading, passage), Format.HTML) for passage in passages]
    made = [create_post(session, cast.ana, discussion, each, parent_id=None, now=clock()).address for each in posts]
    assert made == ["1", "2"]
    for address, each in zip(made, posts, strict=True):
        with pytest.raises(AlreadyPosted) as caught, session.begin_nested():
            create_post(session, cast.ana, discussion, each, parent_id=None, now=clock())
        assert caught.value.data == {"address": address}


def test_another_place_kind_or_reader_is_another_post(session, post, cast, discussion, clock):
    assert post(WORDS) == "1"
    other = create_post(session, cast.ben, discussion, PostContent("Else."), parent_id=None, now=clock())
    assert post(WORDS, other.id) == "2.1"
    assert post(WORDS, other.id) is None
    assert post(replace(WORDS, move=Move.COUNTER), other.id) == "2.2"
    own = session.query(Post).filter_by(address="1").one().id
    assert post(WORDS, own) == "1.1"


def test_after_the_first_was_deleted_or_some_time_it_is_a_new_post(session, post, cast, discussion, clock):
    written = WORDS
    assert post(written) == "1"
    delete_post(session, cast.ana, discussion, session.query(Post).one().id, now=clock())
    assert post(written) == "2"
    clock.move(minutes=11)
    assert post(written) == "3"
