"""The work of a regular expression, counted in steps: how often a backtracking matcher looks at a character.

Python's own matcher does not say what it did, and a clock says something else each time. So expressions are matched
here once more, as a backtracking matcher without any shortcut would, and their steps counted: the same on each machine.
"""

import re
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from itertools import product
from re import _constants as codes  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

SIZE = 24
"""Times that a piece is repeated in the short input; in the long one twice as often."""
MOST = 2.6
"""How much more work an input of twice the length may be. In proportion it is 2, by the square 4."""
COUNTED = 1_000
"""A repetition of at most so many times only multiplies the work, and is looked at as one of at most three."""
_FEW = 3
_ENOUGH = 200_000
_SINGLE = frozenset({"literal", "not_literal", "in", "any"})
_ORDINARY = " \n\t\f\r\x01aAeZz09_-.,:;!?/\\&#%@=+*|^~$<>()[]{}\"'`“”’—\u2011\u00adé\u0660漢"

Matcher = Callable[[int, Callable[[int], bool]], bool]
"""Whether what it stands for is at a place, and then what comes after it."""


class TooMuch(Exception):
    """The work is more than anybody would wait for."""


class Counter:
    """An expression that counts how often it looks at a character."""

    def __init__(self, pattern: str, flags: int = 0) -> None:
        self.tree = parser.parse(pattern, flags)
        self.flags = self.tree.state.flags
        self.text, self.steps, self.spans = "", 0, {}
        self.matcher = self._all(list(self.tree))

    def work(self, text: str, *, anywhere: bool = True, whole: bool = False) -> int:
        """Steps to find everything in a text, or only to see whether it begins so, or is so as a whole."""
        self.text, self.steps = text, 0
        at = 0
        ends: list[int] = []

        def end(place: int) -> bool:
            if whole and place < len(text):
                return False
            ends.append(place)
            return True

        with _deep():
            while at <= len(text):
                self.spans = {}
                self.steps += 1
                found = self.matcher(at, end)
                if not anywhere:
                    break
                at = max(ends.pop(), at + 1) if found else at + 1
        return self.steps

    def _all(self, nodes: Sequence[Any]) -> Matcher:
        matchers = [self._one(op, given) for op, given in nodes]
        if len(matchers) == 1:
            return matchers[0]

        def match(at: int, after: Callable[[int], bool], n: int = 0) -> bool:
            if n == len(matchers):
                return after(at)
            return matchers[n](at, lambda place: match(place, after, n + 1))

        return match

    def _one(self, op: Any, given: Any) -> Matcher:
        name = _name(op)
        if name in _SINGLE:
            return self._character(_test(op, given, self.flags))
        if name in ("max_repeat", "min_repeat", "possessive_repeat"):
            return self._repeat(name, *given)
        return getattr(self, f"_{name}")(given)

    def _character(self, test: Callable[[str], bool]) -> Matcher:
        def match(at: int, after: Callable[[int], bool]) -> bool:
            self._step()
            return at < len(self.text) and test(self.text[at]) and after(at + 1)

        return match

    def _step(self, count: int = 1) -> None:
        self.steps += count
        if self.steps > _ENOUGH:
            raise TooMuch

    def _repeat(self, name: str, least: int, most: Any, body: Any) -> Matcher:
        least = min(least, _FEW)
        most = sys.maxsize if most is codes.MAXREPEAT or most > COUNTED else max(least, min(most, _FEW))
        if name == "max_repeat" and len(body) == 1 and _name(body[0][0]) in _SINGLE:
            return self._run(_test(*body[0], self.flags), least, most)
        inner = self._all(list(body))
        if name == "possessive_repeat":
            return self._atomic(self._greedy(inner, least, most))
        return self._greedy(inner, least, most) if name == "max_repeat" else self._lazy(inner, least, most)

    def _run(self, test: Callable[[str], bool], least: int, most: int) -> Matcher:
        """Of single characters, as many as there are, then fewer and fewer."""

        def match(at: int, after: Callable[[int], bool]) -> bool:
            text, end = self.text, at
            stop = min(len(text), at + most)
            while end < stop and test(text[end]):
                end += 1
            self._step(end - at + 1)
            while end >= at + least:
                if after(end):
                    return True
                self._step()
                end -= 1
            return False

        return match

    def _greedy(self, inner: Matcher, least: int, most: int) -> Matcher:
        def match(at: int, after: Callable[[int], bool], count: int = 0) -> bool:
            def again(place: int) -> bool:
                return (place > at or count < least) and match(place, after, count + 1)

            return (count < most and inner(at, again)) or (count >= least and after(at))

        return match

    def _lazy(self, inner: Matcher, least: int, most: int) -> Matcher:
        def match(at: int, after: Callable[[int], bool], count: int = 0) -> bool:
            def again(place: int) -> bool:
                return (place > at or count < least) and match(place, after, count + 1)

            return (count >= least and after(at)) or (count < most and inner(at, again))

        return match

    def _atomic(self, inner: Matcher) -> Matcher:
        def match(at: int, after: Callable[[int], bool]) -> bool:
            ends: list[int] = []
            return inner(at, lambda place: ends.append(place) or True) and after(ends[-1])

        return match

    def _atomic_group(self, body: Any) -> Matcher:
        return self._atomic(self._all(list(body)))

    def _branch(self, given: Any) -> Matcher:
        ways = [self._all(list(way)) for way in given[1]]
        return lambda at, after: any(way(at, after) for way in ways)

    def _subpattern(self, given: Any) -> Matcher:
        number, inner = given[0], self._all(list(given[3]))

        def match(at: int, after: Callable[[int], bool]) -> bool:
            before = self.spans.get(number)

            def noted(place: int) -> bool:
                self.spans[number] = (at, place)
                return after(place)

            if inner(at, noted):
                return True
            self.spans[number] = before
            return False

        return match

    def _groupref(self, number: int) -> Matcher:
        def match(at: int, after: Callable[[int], bool]) -> bool:
            span = self.spans.get(number)
            if span is None:
                return False
            said = self.text[span[0] : span[1]]
            self.steps += len(said)
            return self.text[at : at + len(said)].casefold() == said.casefold() and after(at + len(said))

        return match

    def _at(self, where: Any) -> Matcher:
        name, many = str(where), bool(self.flags & re.MULTILINE)
        word = cache(lambda character: character.isalnum() or character == "_")

        def holds(at: int) -> bool:
            text = self.text
            if name in ("AT_BEGINNING", "AT_BEGINNING_STRING"):
                return at == 0 or (many and name == "AT_BEGINNING" and text[at - 1] == "\n")
            if name == "AT_END":
                return at == len(text) or ((at == len(text) - 1 or many) and text[at] == "\n")
            if name == "AT_END_STRING":
                return at == len(text)
            edge = (at > 0 and word(text[at - 1])) != (at < len(text) and word(text[at]))
            return edge == (name == "AT_BOUNDARY")

        def match(at: int, after: Callable[[int], bool]) -> bool:
            self._step()
            return holds(at) and after(at)

        return match

    def _assert(self, given: Any) -> Matcher:
        return self._look(*given, wanted=True)

    def _assert_not(self, given: Any) -> Matcher:
        return self._look(*given, wanted=False)

    def _look(self, direction: int, body: Any, *, wanted: bool) -> Matcher:
        inner = self._all(list(body))
        back = body.getwidth()[0] if direction < 0 else 0

        def match(at: int, after: Callable[[int], bool]) -> bool:
            self._step()
            found = at >= back and inner(at - back, lambda _place: True)
            return found == wanted and after(at)

        return match


def growth(pattern: str, flags: int = 0, *, anywhere: bool = True, whole: bool = False) -> tuple[float, str]:
    """By how much the work grows where the input doubles, at worst, and for which: a beginning, a piece, an end.

    Where every repetition has a limit, so has the work at each place of the input: then it is in proportion.
    """
    counter = Counter(pattern, flags)
    if not any(_is_endless(op, given) for op, given in _walk(counter.tree)):
        return 2.0, "any"
    worst, how = 0.0, ""
    for begin, piece, end in _inputs(counter):
        try:
            text = begin + piece * 2 * SIZE + end
            long = counter.work(text, anywhere=anywhere, whole=whole)
            if long <= _FEW * len(text):
                continue
            short = counter.work(begin + piece * SIZE + end, anywhere=anywhere, whole=whole)
        except TooMuch:
            return float("inf"), repr((begin, piece, end))
        if (ratio := long / short) > worst:
            worst, how = ratio, repr((begin, piece, end))
    return worst, how


def _inputs(counter: Counter) -> Iterator[tuple[str, str, str]]:
    """Inputs that repeat what the expression can repeat, and break off where it wants to go on."""
    tests = list(_tests(counter.tree, counter.flags))
    classes: dict[tuple[bool, ...], str] = {}
    for character in [*_literals(counter.tree), *_ORDINARY]:
        kind = (character == "\n", character.isalnum() or character == "_")
        classes.setdefault((*kind, *(test(character) for test in tests)), character)
    letters = list(classes.values())
    ways = list(_ways(list(counter.tree), letters, counter.flags))
    begins = dict.fromkeys(["", *(before for before, _ in ways)])
    rounds = [said for before, once in ways for said in (once, before + once)]
    pieces = dict.fromkeys([*letters, *map("".join, product(letters[:7], repeat=2)), *begins, *rounds])
    strange = next((letter for letter in letters if not any(test(letter) for test in tests)), "\x01")
    yield from product(begins, filter(None, pieces), dict.fromkeys(["", strange, "\x01"]))


def _ways(nodes: Sequence[Any], letters: Sequence[str], flags: int, before: str = "") -> Iterator[tuple[str, str]]:
    """What leads to each repetition, and one round of it."""
    for op, given in nodes:
        name = _name(op)
        if name.endswith("repeat"):
            once = _shortest([*given[2]], letters, flags)
            yield before, once
            yield from _ways(list(given[2]), letters, flags, before)
        for body in _bodies(name, given):
            yield from _ways(list(body), letters, flags, before)
        behind = name == "assert" and given[0] < 0
        before += _shortest(list(given[1]) if behind else [(op, given)], letters, flags)


def _bodies(name: str, given: Any) -> list[Any]:
    """What a group or a choice is made of."""
    if name == "branch":
        return list(given[1])
    return [given[3]] if name == "subpattern" else [given] if name == "atomic_group" else []


def _shortest(nodes: Sequence[Any], letters: Sequence[str], flags: int) -> str:
    said = ""
    for op, given in nodes:
        name = _name(op)
        if name == "literal":
            said += chr(given)
        elif name in _SINGLE:
            test = _test(op, given, flags)
            said += next((letter for letter in letters if test(letter)), "")
        elif name.endswith("repeat"):
            said += _shortest(list(given[2]), letters, flags) * max(1, min(given[0], _FEW))
        elif bodies := _bodies(name, given):
            said += _shortest(list(bodies[0]), letters, flags)
    return said


def _walk(nodes: Any) -> Iterator[tuple[Any, Any]]:
    for op, given in nodes:
        yield op, given
        parts = given if isinstance(given, tuple) else (given,)
        for part in parts:
            for body in part if isinstance(part, list) else [part]:
                if isinstance(body, parser.SubPattern):
                    yield from _walk(body)


def _is_endless(op: Any, given: Any) -> bool:
    return _name(op).endswith("repeat") and (given[1] is codes.MAXREPEAT or given[1] > COUNTED)


def _tests(tree: Any, flags: int) -> Iterator[Callable[[str], bool]]:
    for op, given in _walk(tree):
        if _name(op) in _SINGLE:
            yield _test(op, given, flags)


def _literals(tree: Any) -> Iterator[str]:
    for op, given in _walk(tree):
        name = _name(op)
        for code, value in given if name == "in" else [(op, given)]:
            if _name(code) in ("literal", "not_literal"):
                yield chr(value)
            elif _name(code) == "range":
                yield from map(chr, value)


def _name(code: Any) -> str:
    return str(code).lower()


def _test(op: Any, given: Any, flags: int) -> Callable[[str], bool]:
    """Whether a character fits, asked of Python's own matcher, which knows categories and cases."""
    own = parser.SubPattern(parser.State())
    own.state.flags = flags
    own.state.str = ""
    own.append((op, given))
    compiled = re._compiler.compile(own, flags)  # type: ignore[attr-defined]
    return cache(lambda character: compiled.fullmatch(character) is not None)


@contextmanager
def _deep() -> Iterator[None]:
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(max(before, 20_000))
    try:
        yield
    finally:
        sys.setrecursionlimit(before)
