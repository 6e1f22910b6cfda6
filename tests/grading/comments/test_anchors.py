"""Sentences of posts, found again by their words and marked in the text."""

import pytest

from lti_app.discussion.citations.rules.sentences import sentences_of
from lti_app.grading.comments.rules.anchors import Anchor, anchored, find_anchor, mark_post, post_text

HTML = (
    "<p>Leaders cope with <strong>change</strong>. Managers cope with complexity.</p>"
    '<p>As <a class="cited" href="/x">Kotter 1990, p. 104</a> says: “They need each other.” They need each other.</p>'
)


def quoted(text, anchor):
    place = find_anchor(text, anchor)
    return place and text[slice(*place)]


def test_the_text_of_a_post_is_in_sentences():
    assert sentences_of(post_text(HTML)) == [
        "Leaders cope with change.",
        "Managers cope with complexity.",
        "As Kotter 1990, p. 104 says: “They need each other.”",
        "They need each other.",
    ]
    assert sentences_of("See e.g. this. “No!” she said.\nA list\n\n") == ["See e.g. this.", "“No!” she said.", "A list"]
    assert sentences_of("Mrs. Bell cooks. Prof. Kotter (ed.) writes.") == [
        "Mrs. Bell cooks.",
        "Prof. Kotter (ed.) writes.",
    ]
    assert sentences_of("領導者應對變化。管理者呢？") == ["領導者應對變化。", "管理者呢？"]
    assert sentences_of(" \n.") == []


def test_what_was_selected_is_found_whatever_became_of_spaces_and_quotes():
    text = post_text(HTML)
    assert quoted(text, Anchor("cope  with\nchange. managers")) == "cope with change. Managers"
    assert quoted(text, Anchor('says: "They need')) == "says: “They need"
    assert quoted(text, Anchor("They need each other.", prefix="each other.”")) == "They need each other."
    assert find_anchor(text, Anchor("They need each other.", prefix="p. 104 says: “"))[0] < text.rindex("They need")
    assert find_anchor(text, Anchor("They need each other.", prefix="need each other.” "))[0] == text.rindex(
        "They need"
    )
    assert [find_anchor(text, Anchor(words)) for words in ("They need no other", "", "…")] == [None] * 3
    assert quoted("領導者應對變化。管理者", Anchor("應對變")) == "應對變"


def test_it_is_stored_with_the_words_around_it():
    found = anchored(post_text(HTML), Anchor("MANAGERS cope"))
    assert found == Anchor("Managers cope", "Leaders cope with change.", "with complexity. As Kotter 199")
    assert anchored(post_text(HTML), Anchor("not there")) is None


def test_it_is_marked_in_place_through_tags_and_blocks():
    anchors = [Anchor("complexity. As Kotter 1990, p. 104"), Anchor("with change"), Anchor(""), Anchor("gone")]
    marked = mark_post(HTML, anchors, first=4, label="Comment")
    assert marked.numbers == (5, 4, 6, 7)
    assert marked.lost == {7}
    assert '<mark class="quoted">with </mark><strong><mark class="quoted">change</mark><sup' in marked.html
    assert '<a href="#note-4" aria-label="Comment 4">4</a></sup></strong>' in marked.html
    assert '<mark class="quoted">Kotter 1990, p. 104</mark><sup class="note-number" id="note-5-place">5</sup></a>' in (
        marked.html
    )
    bare = mark_post(HTML, [], label="Comment").html
    assert (post_text(bare), bare.count("<mark")) == (post_text(HTML), 0)


def test_comments_may_overlap():
    marked = mark_post("<p>one two three four</p>", [Anchor("one two three"), Anchor("two three four")], label="C")
    assert marked.html.count("<sup") == 2
    assert marked.html.index("#note-1") < marked.html.index("four") < marked.html.index("#note-2")


@pytest.mark.parametrize("text", ["&lt;b&gt; &amp; “x”", "a &amp;lt; b"])
def test_what_was_safe_stays_safe(text):
    marked = mark_post(f"<p>{text}</p>", [Anchor("b")], label='"><script>')
    assert "<b>" not in marked.html
    assert "<script>" not in marked.html
