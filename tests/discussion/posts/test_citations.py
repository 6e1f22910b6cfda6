"""Citations in a post's text: what cites, what stays as it is, and what it is worth in words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_app.discussion.posts.rules.citing import Cited
from lti_app.discussion.posts.rules.compose import MAX_TEXT, citation_markup, compose
from lti_app.library.readings.rules import ReadingEntry, distinct_label, label_of, to_csl
from tests.core.markup import bare, read_safe
from tests.factories.readings import assigned

KOTTER, ZALEZNIK, PAIR, TEAM = (
    assigned(1, "Kotter 1990"),
    assigned(2, "Zaleznik 1977"),
    assigned(3, "Heifetz and Laurie 1997"),
    assigned(4, "Bass et al. 2003"),
)
READINGS = (KOTTER, ZALEZNIK, PAIR, TEAM)
CITES = {
    "label and page": ("[Kotter 1990, p. 104]", [(1, "104")]),
    "label alone": ("[Kotter 1990]", [(1, "")]),
    "author alone": ("[Kotter]", [(1, "")]),
    "author and page": ("[Kotter, p. 104]", [(1, "104")]),
    "page without comma": ("[Kotter 1990 p. 104]", [(1, "104")]),
    "page without point": ("[Kotter 1990, p 104]", [(1, "104")]),
    "page without space": ("[Kotter 1990, p104]", [(1, "104")]),
    "comma before the year": ("[Kotter, 1990, p. 104]", [(1, "104")]),
    "German": ("[Kotter 1990, S. 104]", [(1, "104")]),
    "Roman page": ("[Kotter 1990, p. xii]", [(1, "xii")]),
    "range by hyphen": ("[Kotter 1990, pp. 104-107]", [(1, "104–107")]),
    "range by dash": ("[Kotter 1990, pp. 104 – 107]", [(1, "104–107")]),
    "any case and spaces": ("[ kOTTER   1990 ,  p.  104]", [(1, "104")]),
    "two authors": ("[Heifetz and Laurie 1997, p. 124]", [(3, "124")]),
    "two authors by &": ("[Heifetz & Laurie, 1997, p. 124]", [(3, "124")]),
    "two authors alone": ("[Heifetz and Laurie]", [(3, "")]),
    "et al.": ("[Bass et al. 2003, p. 9] and [Bass et al.]", [(4, "9"), (4, "")]),
    "two readings": ("[Zaleznik] against [Kotter, p. 4]", [(2, ""), (1, "4")]),
    "the same passage twice": ("[Kotter, p. 4] [Kotter 1990, p. 4]", [(1, "4")]),
    "two passages": ("[Kotter, p. 4] [Kotter, p. 5]", [(1, "4"), (1, "5")]),
    "in a quoted line": ("> Leaders cope with change [Kotter, p. 104]\nIndeed.", [(1, "104")]),
    "inside other brackets": ("[see [Kotter, p. 4]]", [(1, "4")]),
    "several works": ("[Kotter 1990, p. 104; Zaleznik 1977, p. 68]", [(1, "104"), (2, "68")]),
    "several works and words before them": ("[see Kotter 1990, p. 104; cf. Zaleznik]", [(1, "104"), (2, "")]),
    "words before it": ("[e.g., Kotter 1990] [vgl. Kotter, S. 4] [see also Zaleznik]", [(1, ""), (1, "4"), (2, "")]),
    "one work of two is known": ("[Kotter 1990; Mintzberg 1973]", [(1, "")]),
    "several pages": ("[Kotter 1990, pp. 104, 107]", [(1, "104"), (1, "107")]),
    "pages and ranges": ("[Kotter, pp. 104, 107–9 and 111]", [(1, "104"), (1, "107–9"), (1, "111")]),
    "German pages": ("[Kotter 1990, S. 104 und 107]", [(1, "104"), (1, "107")]),
    "pages in words": ("[Kotter 1990, page 104] [Kotter 1990, Seite 105]", [(1, "104"), (1, "105")]),
    "Arabic": ("[Kotter 1990، ص 104] [انظر Kotter 1990, ص. 105]", [(1, "104"), (1, "105")]),
    "the page that follows": ("[Kotter 1990, p. 104f.]", [(1, "104–105")]),
    "the pages that follow": ("[Kotter 1990, pp. 104ff.]", [(1, "104")]),
    "range by em dash": ("[Kotter 1990, pp. 104—107]", [(1, "104–107")]),
    "range by two hyphens": ("[Kotter 1990, pp. 104--107]", [(1, "104–107")]),
    "range in Roman figures": ("[Kotter 1990, pp. xii-xv]", [(1, "xii–xv")]),
    "labels with a hyphen": ("[Kotter 1990, p. S-1] [Kotter 1990, p. A-12]", [(1, "S-1"), (1, "A-12")]),
    "range of labels": ("[Kotter 1990, pp. S1-S4]", [(1, "S1–S4")]),
    "initials": ("[J. P. Kotter 1990] [Kotter, J. P., 1990, p. 4]", [(1, ""), (1, "4")]),
    "a letter behind the year": ("[Kotter 1990a, p. 4]", [(1, "4")]),
    "two years": ("[Kotter 1990/2001, p. 4] [Kotter 1988/1990]", [(1, "4"), (1, "")]),
    "two authors by und": ("[Heifetz und Laurie 1997]", [(3, "")]),
    "et al. in other words": ("[Bass et al 2003] [Bass u. a. 2003] [Bass u.a. 2003, S. 4]", [(4, ""), (4, "4")]),
    "chapter": ("[Kotter 1990, ch. 3]", [(1, "")]),
    "chapter and page": ("[Kotter 1990, ch. 3, p. 104]", [(1, "104")]),
    "section": ("[Kotter 1990, § 4] [Kotter 1990, sec. 2]", [(1, "")]),
    "the same work again": ("[Kotter 1990, p. 4] and [ibid., p. 5; ebd., S. 6]", [(1, "4"), (1, "5"), (1, "6")]),
    "a colon and the page": ("[Kotter 1990: 104] [Kotter 1990:107-9]", [(1, "104"), (1, "107–9")]),
    "the year in brackets": ("[Kotter (1990), p. 4] [Kotter (1990): 5]", [(1, "4"), (1, "5")]),
    "words behind the page": (
        "[Kotter 1990, p. 104, emphasis added] [Kotter, p. 5 (my own words)]",
        [(1, "104"), (1, "5")],
    ),
    "wide brackets": ("［Kotter 1990、104頁］ [Kotter 1990, 第105–107页]", [(1, "104"), (1, "105–107")]),
    "the word before or behind": ("[Kotter 1990, 頁104] [Kotter 1990 105쪽]", [(1, "104"), (1, "105")]),
    "range in words": ("[Kotter, pp. 104 to 107] [Kotter, S. 4 bis 7]", [(1, "104–107"), (1, "4–7")]),
    "no word for the page": ("[Kotter 1990, 104] [Kotter, 1990, 105f.]", [(1, "104"), (1, "105–106")]),
    "no word for several pages": ("[Kotter 1990, 104, 107–9]", [(1, "104"), (1, "107–9")]),
    "the same work and a number": ("[Zaleznik] [ibid., 68] [ibid.: 70]", [(2, ""), (2, "68"), (2, "70")]),
    "and the following": ("[Kotter, p. 104 et seq.] [Kotter 1990 at 105 sqq.]", [(1, "104"), (1, "105")]),
    "behind an address": ("https://a.example/[Kotter]", [(1, "")]),
}
CITES_NOTHING = {
    "no brackets": "Kotter 1990, p. 104",
    "round brackets": "(Kotter 1990, p. 104)",
    "unknown author": "[Mintzberg 1973, p. 4]",
    "another year": "[Kotter 1995]",
    "a number that may be a year": "[Kotter, 1995] [Kotter: 104]",
    "numbers behind the page": "[Kotter 1990, p. 104, 3 times]",
    "part of a name": "[Kott]",
    "one of two authors": "[Heifetz, p. 1]",
    "words behind the name": "[Kotter says that leaders matter]",
    "a word that begins like a page": "[Kotter says]",
    "page without a name": "[p. 104]",
    "nothing before it": "[ibid., p. 4]",
    "semicolons": "[;] [; ;] [see; cf.]",
    "an order of words": "[p. 104, Kotter]",
    "not closed": "[Kotter 1990, p. 104",
    "over two lines": "[Kotter 1990,\np. 104]",
    "empty": "[] [ ] [,] [&]",
    "ordinary brackets": "[sic] [1] [...]",
    "a page of a hundred digits": f"[Kotter, p. {'1' * 100}]",
}


@pytest.mark.parametrize(("text", "cited"), CITES.values(), ids=CITES)
def test_what_cites(text, cited):
    composed = compose(text, READINGS)
    assert composed.citations == tuple(Cited(*each) for each in cited)
    chips = {link for link in read_safe(composed.html).links if link.startswith("#")}
    assert chips == {f"#reading-{reading_id}" for reading_id, _ in cited}
    assert composed.reading_ids == list(dict.fromkeys(reading_id for reading_id, _ in cited))


@pytest.mark.parametrize("text", CITES_NOTHING.values(), ids=CITES_NOTHING)
def test_what_cites_nothing_stays_as_it_is(text):
    composed = compose(text, READINGS)
    assert composed.citations == ()
    assert bare(read_safe(composed.html).text) == bare(text)


def test_a_citation_shows_the_label_and_the_page():
    composed = compose("So [kotter, p. 104-7].", READINGS)
    assert read_safe(composed.html).text == "So Kotter 1990, pp. 104–7."
    assert composed.words == 1


def test_several_works_show_a_chip_each_and_the_words_between_them():
    composed = compose("So [see kotter 1990, p. 4; cf. Zaleznik 1977, ch. 2; Mintzberg 1973].", READINGS)
    shown = "So [see Kotter 1990, p. 4; cf. Zaleznik 1977, ch. 2; Mintzberg 1973]."
    assert read_safe(composed.html).text == shown
    composed = compose("So [Kotter 1990, pp. 4, 7; Zaleznik].", READINGS)
    assert read_safe(composed.html).text == "So Kotter 1990, p. 4; Kotter 1990, p. 7; Zaleznik 1977."
    assert composed.words == 1


def test_words_behind_a_page_stay_behind_its_citation():
    composed = compose("[Kotter 1990, p. 4, emphasis added; Zaleznik, p. 7 (my words)]", READINGS)
    assert read_safe(composed.html).text == "Kotter 1990, p. 4, emphasis added; Zaleznik 1977, p. 7 (my words)"
    assert composed.words == 4


def test_a_label_with_a_hyphen_is_no_range():
    assert read_safe(compose("[Kotter, p. S-1]", READINGS).html).text == "Kotter 1990, p. S-1"
    assert read_safe(compose("[Kotter, p. S-1-S-4]", READINGS).html).text == "[Kotter, p. S-1-S-4]"


def test_a_work_without_a_year_is_cited_with_the_words_for_it():
    undated = (assigned(1, "Kotter"),)
    assert compose("[Kotter n.d., p. 4] [Kotter, o. J.]", undated).citations == (Cited(1, "4"), Cited(1, ""))


def test_citations_are_no_words_of_ones_own_and_other_brackets_are():
    assert compose("Yes [Kotter 1990, p. 104] [sic] indeed", READINGS).words == 3


def test_an_author_of_two_readings_is_cited_with_the_year():
    both = (KOTTER, assigned(9, "Kotter 1996"))
    assert compose("[Kotter, p. 4]", both).citations == ()
    assert compose("[Kotter 1996, p. 4]", both).citations == (Cited(9, "4"),)


def test_readings_without_a_year_are_cited_by_their_whole_label():
    nameless = (assigned(1, "What Leaders Really Do"), assigned(2, "1984"))
    assert compose("[What Leaders Really Do, p. 1] [1984]", nameless).citations == (Cited(1, "1"), Cited(2, ""))
    assert compose("[What Leaders Really]", nameless).citations == ()


def test_without_readings_nothing_is_cited():
    assert compose("[Kotter 1990]", ()).citations == ()


lines = st.text(max_size=80)
entries = st.builds(
    ReadingEntry, authors=lines, year=st.none() | st.integers(-400, 2100), title=lines, container=lines, pages=lines
)


@given(st.lists(entries, min_size=1, max_size=3), st.sampled_from(["", "104", "xii", "1–9"]))
def test_whatever_a_reading_is_called_its_markup_cites_it(found, page):
    labels: list[str] = []
    for entry in found:
        labels.append(distinct_label(label_of(to_csl(entry)), labels))
    readings = [assigned(number, label) for number, label in enumerate(labels, 1)]
    for reading in readings:
        assert compose(f"So {citation_markup(reading, page)}.", readings).citations == (Cited(reading.id, page),)


@given(st.text(alphabet="[]()Kotter 1990,p.–-&>\n<", max_size=200))
def test_whatever_stands_between_brackets_is_safe_and_changes_nothing_when_composed_again(text):
    composed = compose(text, READINGS)
    read_safe(composed.html)
    assert compose(composed.text, READINGS) == composed


HOSTILE_LABEL = assigned(1, 'K"><script>alert(1)</script> 1990')


def test_a_hostile_label_is_shown_and_never_obeyed():
    composed = compose(citation_markup(HOSTILE_LABEL, "4"), [HOSTILE_LABEL])
    assert read_safe(composed.html).text == 'K"><script>alert(1)</script> 1990, p. 4'


LONGEST = {
    "opening brackets": "[" * MAX_TEXT,
    "closing brackets": "]" * MAX_TEXT,
    "nested brackets": "[" * (MAX_TEXT // 2) + "]" * (MAX_TEXT // 2),
    "a name and spaces": "[Kotter" + " " * MAX_TEXT,
    "many pages without end": "[Kotter p. 1" * (MAX_TEXT // 12),
    "digits and spaces": "[a" + " " * (MAX_TEXT // 2) + "p " + "1" * (MAX_TEXT // 2),
    "ranges": "[Kotter, p. " + "1-" * (MAX_TEXT // 2) + "]",
    "pages": "[" + "a p " * (MAX_TEXT // 4) + "]",
    "citations": "[Kotter,p.1]" * (MAX_TEXT // 12),
    "ampersands": "&" * MAX_TEXT,
    "semicolons": "[" + "Kotter;" * 40 + "]" + ";" * MAX_TEXT,
    "locators": "[Kotter, " + "p. 1, " * 49 + "]",
    "commas and ampersands in brackets": "[" + ",&" * 99 + "]" + "[,&]" * (MAX_TEXT // 4),
}


@pytest.mark.parametrize("text", LONGEST.values(), ids=LONGEST)
def test_work_is_bounded_by_the_length_of_brackets(text):
    """Between brackets at most 200 characters are looked at, so that the longest post costs 200 times its length."""
    assert len(compose(text, READINGS).citations) <= 1
