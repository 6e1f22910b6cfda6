"""A post's HTML for use outside of the tool: what is changed in it, and that nothing else is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_app.core.rich_reader import read
from lti_app.core.rich_text import write
from lti_app.exchange.exporting.rules.data import for_elsewhere
from tests.core.growth import MOST, growth

TOOL = "https://tool.example"
PICTURE = '<img src="/courses/1/files/7/abc-a.png" alt="a &gt; &quot;b&quot;">'


def outside(html, kept=lambda source: None):
    return for_elsewhere(html, f"{TOOL}/", "Picture", kept)


CHANGED = {
    "a link to a post": (
        '<a class="address" href="/courses/1/discussions/2?at=1#p1">1</a>',
        f'<a class="address" href="{TOOL}/courses/1/discussions/2?at=1#p1">1</a>',
    ),
    "a picture": (PICTURE, f'<a href="{TOOL}/courses/1/files/7/abc-a.png">Picture: a &gt; "b"</a>'),
}
SAME = [
    '<a href="https://a.example/?b=c&amp;d" target="_blank" rel="noopener nofollow ugc">x</a>',
    '<a class="cited" href="#reading-1" data-reading="1" data-page="4">Kotter 1990, p. 4</a>',
    '<code>&lt;a href="/x"&gt; &lt;img src="/y"&gt;</code>',
    '<ol start="3"><li><p>a<br>b</p></li></ol><table><tbody><tr><th>c</th><td></td></tr></tbody></table>',
]


@pytest.mark.parametrize(("html", "changed"), CHANGED.values(), ids=CHANGED)
def test_our_own_addresses_are_whole(html, changed):
    assert outside(f"<p>{html}</p>") == f"<p>{changed}</p>"


@pytest.mark.parametrize("html", SAME)
def test_all_else_stays_as_it_is(html):
    assert outside(f"<p>{html}</p>") == f"<p>{html}</p>"


def test_a_picture_that_comes_along_has_its_new_source():
    assert outside(PICTURE, lambda source: f"data:{source}") == PICTURE.replace("/courses", "data:/courses")


@given(st.text(max_size=300))
def test_the_words_stay(text):
    html = write(read(f"<p>{text.replace('&', '&amp;').replace('<', '&lt;')}</p>"))
    assert read(outside(html)) == read(html)


@pytest.mark.parametrize("part", [PICTURE, "<p>", "<blockquote>", 'href="/', "&lt;img "])
def test_a_long_post_takes_time_in_proportion(part):
    assert growth(outside, lambda size: part * size, 16_000) <= MOST
