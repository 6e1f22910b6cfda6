"""Finding what a post quotes, and finding it in a reading."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_app.library.passages.rules import (
    Page,
    find_quotations,
    index_pages,
    join_pages,
    judge,
    shingles_to_look_up,
    split_pages,
    words_of,
)
from tests.core.growth import MOST, growth

KOTTER = [
    Page("104", "Management is about coping with complexity. Its practices and procedures are largely a re-"),
    Page(
        "105",
        "sponse to one of the most significant developments of the twentieth century. Leadership, by con-\ntrast,",
    ),
    Page(
        "106", "is about coping with change. “No one yet has figured out how to manage people effectively into battle.”"
    ),
]
CHIP = '<a class="cited" href="#reading-{}">Kotter 1990, p. 104</a>'


def known(*pages, reading_id=1):
    found = {}
    for shingle, page in index_pages(pages):
        found.setdefault(shingle, []).append(page)
    return {reading_id: found}


def verdict_on(quote, *, cites=1, pages=KOTTER):
    html = f"<p>He says “{quote}” {CHIP.format(cites) if cites else ''}.</p>"
    return judge(find_quotations(html), known(*pages))


@pytest.mark.parametrize(
    ("quote", "page"),
    [
        ("Management is about coping with complexity", "104"),
        ("management IS about coping, with complexity", "104"),
        ("largely a response to one of the most", "104"),
        ("largely a re-sponse to one of the most", "104"),
        ("significant developments of the twentieth century", "105"),
        ("Leadership, by contrast, is about coping with change", "105"),
        ("no one yet has figured out how to manage people", "106"),
        ("Management is about coping with complexity … developments of the twentieth century. Leadership", "104"),
        ("Management is about coping with complexity [...] is about coping with change. No", "104"),
        ("Management is about coping with complexity (. . .) Leadership, by contrast, is about coping", "104"),
        ("Management is about coping with simplicity", ""),
        ("complexity with coping about is Management", ""),
        ("Management is about coping with complexity … and nothing else at all matters here", ""),
    ],
)
def test_quotation_is_found_whatever_became_of_quotes_and_hyphens(quote, page):
    (verdict,) = verdict_on(quote)
    assert (verdict.reading_id, verdict.page, verdict.found) == (1, page, bool(page))


def test_nothing_is_said_of_a_quotation_with_a_run_too_short_to_look_up():
    assert verdict_on("Management is about coping with complexity (. . .) Leadership") == []


@pytest.mark.parametrize("quote", ["coping with complexity", "about coping with complexity it"])
def test_short_quotation_is_not_looked_for(quote):
    assert verdict_on(quote) == []


def test_nothing_is_said_of_a_reading_whose_text_nobody_gave():
    assert verdict_on("These six words stand nowhere here", cites=2) == []
    assert verdict_on("These six words stand nowhere here", cites=None) == []


def test_words_of_a_reading_are_recognised_though_it_is_not_named():
    (verdict,) = verdict_on("Management is about coping with complexity", cites=None)
    assert verdict.page == "104"


@pytest.mark.parametrize(
    ("html", "texts"),
    [
        ("<p>“one two three four five six”</p>", ["one two three four five six"]),
        ("<p>&quot;one two three four five six&quot;</p>", ["one two three four five six"]),
        ("<p>«one two three four five six» and „one two three four five seven“</p>", 2),
        ("<p>‘one two three don’t five six’</p>", ["one two three don’t five six"]),
        ("<blockquote><p>one two three</p><p>four five six</p></blockquote>", ["one two three\nfour five six"]),
        ("<ul><li>“one two three four five six”</li></ul>", ["one two three four five six"]),
        ("<p>“one <em>two</em> three four five six”</p>", ["one two three four five six"]),
        ("<p>one two three four five six</p>", []),
        ("<p>“one two</p><p>three four five six”</p>", []),
        ("<table><tr><td>“one two three</td><td>four five six”</td></tr></table>", []),
        ("<ul><li><p>one “two</p><ul><li><p>three” “a b c d e f”</p></li></ul></li></ul>", ["a b c d e f"]),
        ("<ul><li><blockquote><p>one two three four<br>five six</p></blockquote></li></ul>", 1),
        ("“one two three four five six”", ["one two three four five six"]),
        ("", []),
    ],
)
def test_quotations_of_a_post(html, texts):
    found = [quotation.text for quotation in find_quotations(html)]
    assert found == texts if isinstance(texts, list) else len(found) == texts


def test_words_of_a_citation_are_not_quoted():
    html = f"<p>“one two three {CHIP.format(7)} four five”</p>"
    assert find_quotations(html) == []


def test_a_quotation_without_citation_of_its_own_belongs_to_what_the_post_cites():
    html = f"<p>See {CHIP.format(7)}.</p><blockquote><p>one two three four five six</p></blockquote>"
    assert [quotation.reading_ids for quotation in find_quotations(html)] == [(7,)]


LONG = {
    "line breaks behind a hyphen": lambda size: f"<blockquote><p>a-{'<br>' * size}!</p></blockquote>",
    "quotations within one another": lambda size: "<blockquote>" * size + "a",
    "quotations side by side": lambda size: "<p>“one two three four five six”</p>" * size,
    "marks that nothing closes": lambda size: f"<p>{'‘a’b «»' * size}</p>",
    "omissions": lambda size: f"<p>“{'. . ( . [' * size}”</p>",
    "citations": lambda size: f"<p>{CHIP.format(1) * size}</p>",
}


@pytest.mark.parametrize("make", LONG.values(), ids=LONG)
def test_looking_for_quotations_takes_time_in_proportion(make):
    assert growth(find_quotations, make, 8_000) <= MOST


@pytest.mark.parametrize("make", [lambda size: "\n" * size, lambda size: "\n[" * size, lambda size: "[p. 1]\n" * size])
def test_parting_pages_takes_time_in_proportion(make):
    assert growth(split_pages, make, 16_000) <= MOST


@pytest.mark.parametrize(
    ("text", "pages"),
    [
        ("[p. 67]\nFirst.\n[p. 68]\nSecond.", [("67", "First."), ("68", "Second.")]),
        ("Before.\n[page 67]\nFirst.", [("66", "Before."), ("67", "First.")]),
        ("One.\fTwo.", [("1", "One."), ("2", "Two.")]),
        ("All of it.", [("1", "All of it.")]),
        ("[p. iv]\nPreface.", [("iv", "Preface.")]),
        ("\n \n [ p. 67 ] \n\nFirst.\n\n\n\t[p. 68]\n", [("67", "First."), ("68", "")]),
        ("\n[p. 67]\n\n\n[p. 68]\n", [("67", ""), ("68", "")]),
    ],
)
def test_pages_of_a_pasted_text(text, pages):
    assert [(page.label, page.text.strip()) for page in split_pages(text)] == pages


def test_pages_joined_are_parted_again():
    assert [page.label for page in split_pages(join_pages(KOTTER))] == ["104", "105", "106"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("well-known", "wellknown"),
        ("don't", "don’t"),
        ("ﬁnd", "find"),
        ("lead\u00adership", "leadership"),
        ("U.S.", "us"),
    ],
)
def test_spellings_that_are_one_word(one, other):
    assert words_of(one) == words_of(other)


@given(st.lists(st.text(alphabet="abcdefg", min_size=1, max_size=6), min_size=6, max_size=60), st.data())
def test_any_run_of_words_is_found_where_it_stands(words, data):
    begin = data.draw(st.integers(0, len(words) - 6))
    end = data.draw(st.integers(begin + 6, len(words)))
    cut = data.draw(st.integers(0, len(words)))
    pages = [Page("1", " ".join(words[:cut])), Page("2", " ".join(words[cut:]))]
    (verdict,) = judge(find_quotations(f"<p>“{' '.join(words[begin:end])}” {CHIP.format(1)}</p>"), known(*pages))
    assert verdict.found


@given(st.text(max_size=300))
def test_no_html_breaks_the_search(html):
    quotations = find_quotations(html)
    assert all(isinstance(shingle, int) for shingle in shingles_to_look_up(quotations))
