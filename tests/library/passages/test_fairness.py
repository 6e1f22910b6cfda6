"""The check of quotations is fair: what is true is never "not found", what was altered is never "found"."""

import re
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from lti_app.library.passages.rules import Page, find_quotations, index_pages, judge, split_pages
from tests.core.growth import MOST, growth

PAGES = split_pages(Path(__file__).with_name("orchard.txt").read_text())
FURNITURE = r"10[345]   Orchard Review   May–June 1990|WHAT CHAIRS DO|105   Alva Stone"
RUNNING = re.sub(FURNITURE, " ", "\n".join(page.text for page in PAGES))
"""The text as one reads it on, over the ends of pages and lines."""
RUNNING = " ".join(re.sub(r"(?<=calendar\.)2| \[3\]", "", re.sub(r"(leader)-\n", r"\1", RUNNING)).split())
RUNNING = RUNNING.replace("decision- making", "decision-making")
WORDS = RUNNING.split()
CHIP = '<a class="cited" href="#reading-1">Stone 1990</a>'


def known(pages):
    found = {}
    for shingle, place in index_pages(pages):
        found.setdefault(shingle, []).append(place)
    return {1: found}


KNOWN = known(PAGES)


def outcomes(quote, marks="“”", known=KNOWN):
    """What is said of what stands in these marks: a page, "" for not found; nothing where it cannot tell."""
    text = f"<p>As she says, {marks[0]}{quote}{marks[-1]} {CHIP}.</p>"
    return [verdict.page for verdict in judge(find_quotations(text), known)]


@pytest.mark.parametrize(
    "quote",
    [
        "[t]he harvest committee met in autumn because nobody else would take the minutes",
        "[T]he chair—who listens—speaks last of all the members present",
        "take the minutes and keep the calendar. Its members believed that",
        "take the minutes and keep the calendar.2 Its members believed that",
        "take the minutes and keep the calendar.² Its members",
        "to every quiet member of the committee will seldom need to raise her voice in public",
        "needs a decision-making process that every new member can learn",
        "who own them and will bear whatever is decided",
        "wrote ‘we were never asked about it at all’ in the leadership book",
        "was not a schedule that protects managers from themselves, and never will be,",
        "a significant ﬁrst press, and the ﬁrst oﬃcer wrote",
        "a good schedule protects people from … that every new member can learn in a week",
        "would take the minutes and keep [sic] the calendar. Its members believed that a good schedule",
    ],
)
def test_true_quotations_are_found(quote):
    assert outcomes(quote) in (["103"], ["104"], ["105"])


@pytest.mark.parametrize(
    "quote",
    [
        "The committee’s calendar was … a schedule that protects managers from themselves",
        "The committee’s calendar was a schedule that protects managers from themselves",
        "that protects managers from themselves, and never will be … met in autumn because nobody else would take",
        "no chair can lead … met in autumn because nobody else would take the minutes",
        "met in autumn because nobody else would take … bad idea",
        "met in spring because nobody else would take the minutes and keep the calendar",
        "met in autumn because nobody else would gladly take the minutes and keep the calendar",
        "In 1987–1989 the co-operative’s élite café paid 4,500 crowns for a significant",
        "café paid 5,500 crowns for a significant first press",
        "calendar.3 Its members believed that a good schedule",
        "The chair who listens to every quiet member of the committee will seldom need",
        "surprise from people protects schedule good a that believed members",
        "nobody else would take the minutes [not] and keep the calendar every single day",
    ],
)
def test_altered_quotations_are_never_found(quote):
    assert outcomes(quote) in ([""], [])


@pytest.mark.parametrize(
    "quote",
    [
        "Six entirely different words make an invented sentence here",
        "met in autumn because nobody else would take … and the president of the bank resigned quietly",
        "The president of the bank resigned … met in autumn because nobody else would take",
    ],
)
def test_invented_words_are_not_found(quote):
    assert outcomes(quote) == [""]


def test_an_inch_mark_opens_no_quotation():
    tall = 'She is 5\'10" tall and her monitor is 24" wide, and she wrote that nobody came to it.'
    html = f'<p>{tall} "met in autumn because nobody else would take the minutes" {CHIP}</p>'
    assert [verdict.page for verdict in judge(find_quotations(html), KNOWN)] == ["103"]
    assert find_quotations(f"<p>{tall}</p>") == []


@pytest.mark.parametrize("gap", ["    ", "\t"])
def test_what_stands_in_one_of_two_columns_is_not_called_missing(gap):
    left = ["Leaders set a di-", "rection for all of the", "people who are in it."]
    right = ["Managers plan and", "budget the work that", "others do every year."]
    text = "\n".join(gap.join(line) for line in zip(left, right, strict=True))
    columns = known([Page("3", text)])
    assert outcomes("Leaders set a direction for all of the people who are in it", known=columns) != [""]
    assert outcomes("Managers plan and budget the work that others do every year", known=columns) != [""]
    assert outcomes("Managers sleep well and never look after any of their people", known=columns) == [""]


def test_nothing_is_told_to_be_missing_from_a_text_that_was_stored_without_its_letters():
    html = f"<p>“Six entirely different words make an invented sentence here” {CHIP}</p>"
    assert judge(find_quotations(html), KNOWN, partly={1}) == []


DRESSES = {
    "as it is": lambda quote: quote,
    "first letter in brackets": lambda quote: f"[{quote[0].swapcase()}]{quote[1:]}",
    "first letter swapped": lambda quote: quote[0].swapcase() + quote[1:],
    "all capitals": str.upper,
    "punctuation moved inside": lambda quote: quote.rstrip(".,;") + ",",
    "line breaks": lambda quote: quote.replace(" ", "\n", 3),
    "a line's end within a word": lambda quote: re.sub(r"(\w{4})(\w{4})", "\\1-\n\\2", quote, count=1),
    "soft hyphens": lambda quote: re.sub(r"(\w{3})(\w{3})", "\\1\u00ad\\2", quote),
    "spaces that do not break": lambda quote: quote.replace(" ", "\u00a0"),
    "straight apostrophes": lambda quote: quote.replace("’", "'"),
    "hyphens for dashes": lambda quote: re.sub("[—–]", " - ", quote),
    "two hyphens for a dash": lambda quote: re.sub("[—–]", "--", quote),
    "dashes for hyphens": lambda quote: quote.replace("-", "–"),
    "no hyphens": lambda quote: quote.replace("-", " "),
    "ligatures": lambda quote: quote.replace("fi", "ﬁ").replace("ff", "ﬀ"),
    "no accents": lambda quote: quote.replace("é", "e"),
    "accents apart": lambda quote: quote.replace("é", "e\u0301"),
    "inner quotation": lambda quote: quote.replace("“", "‘").replace("”", "’"),
    "number of a note": lambda quote: re.sub(r"([a-z])([.,])? ", r"\1\g<2>7 ", quote, count=1),
    "raised number of a note": lambda quote: re.sub(r"([a-z][.,]?) ", "\\1¹² ", quote, count=1),
    "[sic]": lambda quote: re.sub(r" (?=\w+ \w+$)", " [sic] ", quote),
    "an insertion": lambda quote: re.sub(r" \w+ (?=\w+ \w+$)", " [the manager] ", quote),
    "ellipsis at both ends": lambda quote: f"… {quote} . . .",
    "misread letters": lambda quote: quote.replace("m", "rn", 1).replace("l", "1", 1),
}
CUTS = st.tuples(st.integers(0, len(WORDS) - 6), st.integers(6, 40)).map(lambda cut: WORDS[cut[0] : cut[0] + cut[1]])
MARKS = st.sampled_from(["“”", '""', "«»", "„“", "»«"])


@given(CUTS, st.lists(st.sampled_from(sorted(DRESSES)), max_size=3, unique=True), MARKS)
def test_a_true_quotation_is_never_called_not_found(words, dresses, marks):
    quote = " ".join(words).strip("“”")
    assume(marks == "“”" or not set(marks) & set(quote))
    for name in dresses:
        quote = DRESSES[name](quote)
    assert outcomes(quote, marks) != [""], dresses


@given(CUTS)
def test_a_true_quotation_as_it_is_is_found(words):
    quote = " ".join(words).replace("“", "‘").replace("”", "’")
    assert outcomes(quote) in (["103"], ["104"], ["105"])


@st.composite
def altered(draw):
    words = draw(CUTS)
    at = draw(st.integers(0, len(words) - 1))
    other = draw(st.sampled_from(["orange", "never", "1991", "them", draw(st.sampled_from(WORDS))]))
    change = draw(st.sampled_from(["swap", "drop", "insert", "turn", "leave out", "cut"]))
    if change == "swap":
        return [*words[:at], other, *words[at + 1 :]]
    if change == "drop":
        return [*words[:at], *words[at + 1 :]]
    if change == "insert":
        return [*words[:at], other, *words[at:]]
    if change == "turn":
        return [*words[at:], "…", *words[:at]]
    if change == "leave out":
        return [*words[:at], "…", *words[at + 1 :]]
    return [*words[: min(at, 4)], "…", *words[min(at, 4) + 1 :]]


def bare(words):
    return re.sub(r"[\W_]+", "", "".join(words)).casefold()


@given(altered())
def test_an_altered_quotation_is_never_found(words):
    quote = [word for word in words if word != "…"]
    assume("…" in words[1:-1] or bare(quote) not in bare(WORDS))
    quote = " ".join(words).replace("“", "‘").replace("”", "’")
    assert outcomes(quote) in ([""], [])


@given(st.lists(st.sampled_from("abc"), min_size=12, max_size=60), st.data())
def test_in_a_text_that_repeats_itself_only_what_stands_in_it_is_found(words, data):
    quote = data.draw(st.lists(st.sampled_from("abc"), min_size=6, max_size=14))
    verdicts = outcomes(" ".join(quote), known=known([Page("1", " ".join(words))]))
    assert (verdicts == ["1"]) == (f" {' '.join(quote)} " in f" {' '.join(words)} ")


@pytest.mark.parametrize("text", ["a ", "a\tb\n", "a   b   ", "word - ", "[1] ", "x2 ", "1\n", "A\n\n", "rn"])
def test_storing_takes_time_in_proportion(text):
    assert growth(index_pages, lambda size: [Page("1", text * size)], 2_000) <= MOST


@pytest.mark.parametrize("text", ["[a]", "a[a] ", "… a b c d e f ", "[sic] ", '"a ', "[ "])
def test_judging_takes_time_in_proportion(text):
    def work(html):
        return judge(find_quotations(html), KNOWN)

    assert growth(work, lambda size: f"<blockquote>{text * size}</blockquote>", 2_000) <= MOST
