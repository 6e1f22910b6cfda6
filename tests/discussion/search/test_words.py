"""Every word of a post finds it, in any script and spelling, and both databases find the same."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from lti_app.core.folding import fold_text, fold_words
from lti_app.core.prose import clean_text
from lti_app.discussion.posts.queries.readable import list_readable
from lti_app.discussion.search.queries import search_posts
from lti_app.discussion.search.rules import MAX_QUERY, excerpt, parse_query
from tests.factories.discussions import set_up
from tests.factories.posts import write

LINES = Path(__file__).with_name("words.tsv").read_text().splitlines()[1:]
CASES = [[*line.split("\t"), ""][:3] for line in LINES]
TEXTS = [text.replace("\\n", "\n") for text, _, _ in CASES]
FINDING = [(n, word) for n, case in enumerate(CASES) for word in case[1].split("; ")]
NOT_FINDING = [(n, word) for n, case in enumerate(CASES) for word in case[2].split("; ") if word]


@pytest.fixture
def search(session, cast, clock):
    """Posts of all texts; answers which of them a query finds."""
    discussion = set_up(session, cast.ines, clock(), post_first=False)
    for text in TEXTS:
        write(session, cast.ana, discussion, text=text, now=clock())
    readable = list_readable(session, cast.ben, clock())

    def search(query):
        found, below = [], None
        while True:
            page = search_posts(session, cast.ben, readable, query, below=below)
            found += [int(post.address) - 1 for post in page.posts]
            if (below := page.older) is None:
                return found

    return search


def holds(text, query):
    """What the rules alone say: whether the excerpt would mark every term."""
    return all(any(run.is_hit for run in excerpt(text, [term])) for term in parse_query(query))


def test_the_table_has_many_words_of_many_scripts():
    assert len(FINDING) > 250
    assert len(CASES) > 60


def test_words_find_their_post(search):
    missed = [f"{word} in {TEXTS[n]}" for n, word in FINDING if n not in search(word)]
    assert not missed, "\n".join(missed)


def test_other_words_do_not(search):
    found = [f"{word} in {TEXTS[n]}" for n, word in NOT_FINDING if n in search(word)]
    assert not found, "\n".join(found)


def test_what_is_found_is_what_the_rules_say_on_both_databases(search):
    words = dict.fromkeys(word for _, word in FINDING + NOT_FINDING)
    expected = {word: [n for n in reversed(range(len(TEXTS))) if holds(TEXTS[n], word)] for word in words}
    assert {word: search(word) for word in words} == expected


@pytest.mark.parametrize(("number", "word"), FINDING)
def test_the_hit_is_marked_in_the_original_text(number, word):
    text = TEXTS[number]
    runs = excerpt(text, parse_query(word))
    assert any(run.is_hit for run in runs)
    assert "".join(run.text for run in runs).strip("…") in text


LETTERS = st.sampled_from(sorted({ch for text in TEXTS for ch in text}))
WRITTEN = st.text(st.one_of(LETTERS, st.characters(codec="utf-8"), st.sampled_from(" -'’.\"")), min_size=1, max_size=60)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(st.lists(WRITTEN, min_size=1, max_size=3), st.data())
@example(["a" * 5000, "漢" * 3000], None)
@example(["x̀" * 900], None)
@example(["word " * 600 + "last of all"], None)
def test_any_word_of_any_post_finds_it(place_of_writing, texts, data):
    """Whatever the rules take for a word of it, as it is written there; and any cut of it that begins with one."""
    session, cast, clock = place_of_writing
    discussion = set_up(session, cast.ines, clock(), post_first=False)
    posts = {}
    for text in dict.fromkeys(filter(None, map(clean_text, texts))):
        posts[write(session, cast.ana, discussion, text=text, now=clock()).id] = text
    for post_id, text in posts.items():
        for query in queries_of(text, data):
            found = [post.id for post in search_posts(session, cast.ben, [discussion], query).posts]
            assert found == [each for each in reversed(posts) if holds(posts[each], query)], (posts, query)
            assert post_id in found or not parse_query(query), (text, query)


@given(st.text(st.sampled_from("aZ9 -'.:\"^`\n\té’한"), max_size=40))
@example("self-\n  made it's 3.5-4 a.b.c  co - op")
@example("x" * 70 + "-" + "y" * 70)
def test_words_without_their_places_are_the_same(text):
    folded = fold_text(text)
    assert fold_words(text) == ([word.text for word in folded.tokens], [word.text for word in folded.joined])


@given(st.text(st.sampled_from("aZ9 -'.:\"^`\n\t"), max_size=60))
@example("self-\n  made it's 3.5-4 a.b.c  co - op")
@example("x" * 70 + "-" + "y" * 70)
def test_plain_text_has_the_words_that_it_has_beside_text_of_another_script(text):
    alone, beside = fold_text(text), fold_text(f"{text} ; 가")
    assert [word for word in beside.tokens if word.end <= len(text)] == list(alone.tokens)
    assert sorted(set(alone.joined)) == sorted(beside.joined)


def queries_of(text, data):
    tokens = fold_text(text).tokens
    cuts = [text[token.start : token.end] for token in (*tokens[:20], *tokens[-5:])]
    if data is not None and len(tokens) > 1:
        first = data.draw(st.integers(0, len(tokens) - 1))
        last = data.draw(st.integers(first, len(tokens) - 1))
        cuts.append(text[tokens[first].start : tokens[last].end])
    return [cut[:MAX_QUERY] for cut in cuts]


@pytest.fixture
def place_of_writing(session, cast, clock):
    return session, cast, clock
