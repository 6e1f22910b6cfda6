"""What counts the work of regular expressions finds those that can be made to work too much, and no others."""

import re

import pytest

from tests.core.expressions import MOST, Counter, growth

IN_PROPORTION = {
    "a run": r"\w+",
    "a run from the line's start": r"(?m)^[^\S\n]*TY",
    "runs of different characters": r"^(?:a+b+)+c",
    "what never gives back": r"(?<!\s)\s++x",
    "a start that looks behind": r"(?<!\s)\s*-",
    "few of many": r"\s{0,4}x",
    "a choice": r"“([^“”]+)”|\"([^\"]+)\"",
    "a lazy run": r"‘([^‘]+?)’(?!\w)",
    "what was said before": r"(a|b)\1",
}
TOO_MUCH = {
    "spaces before the end": r"\s+$",
    "spaces around a line's end": r"(?<=\w)-\s*\n\s*(?=\w)",
    "blank lines before a word": r"(?m)^\s*TY",
    "a tag that never ends": r"<[^>]*>",
    "a run within a run": r"(?:a+)+$",
    "two runs of the same": r"^\s*x?\s*$",
    "runs that begin anywhere": r"(?:a+b+)+c",
    "anything, twice": r"^a.*b.*c$",
    "a lazy run to what never comes": r"<a.*?</a>",
}


@pytest.mark.parametrize("pattern", IN_PROPORTION.values(), ids=IN_PROPORTION)
def test_work_in_proportion_is_recognized(pattern):
    assert growth(pattern)[0] <= MOST


@pytest.mark.parametrize("pattern", TOO_MUCH.values(), ids=TOO_MUCH)
def test_too_much_work_is_recognized(pattern):
    assert growth(pattern)[0] > MOST


ALL = [*IN_PROPORTION.values(), *TOO_MUCH.values(), r"(a)?(?:b|\Z)", r"a{2,3}?b", r"\bx\B"]


@pytest.mark.parametrize("pattern", ALL)
@pytest.mark.parametrize("text", ["", "ab", " - \n-a", "“a” “b", "‘a’b ‘a’", "xx x", "aabb aaab", "\n\nTY", "<a<a>"])
def test_it_matches_as_python_does(pattern, text):
    counter = Counter(pattern)
    ends: list[int] = []
    counter.text, counter.steps, counter.spans = text, 0, {}
    found = re.match(pattern, text)
    assert counter.matcher(0, lambda place: ends.append(place) or True) == (found is not None)
    assert ends == ([found.end()] if found else [])
