"""No regular expression takes more time than in proportion to what it reads: none can be made to hold up a process.

The work is counted in steps, not in seconds. An input that shows more is part of the finding.
"""

import ast
import importlib
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from lti_app.core import nesting
from lti_app.discussion.posts.rules.compose import Referred, _Scribe
from tests.architecture.tree import Source, all_files, package_files
from tests.core.expressions import MOST, growth

METHODS = {"search", "match", "fullmatch", "sub", "subn", "findall", "finditer", "split"}
FROM_THE_START = {"match", "fullmatch"}
NOT_AT_RUN_TIME = ("lti_app/frontend/", "lti_app/migrations/")
"""Read our own sources."""
HARMLESS = {
    "lti_app/core/prose.py": {r"\X": "passes each letter with its marks once, as test_prose.py shows"},
    "lti_app/library/bibliography/rules/styles.py": {"“([^”]*)”": "fields of a record have at most 1000 characters"},
    "lti_app/frontend/editor/paste.js": {"<[a-z][^>]*>": "what it reads ends with a >, so that each tag has its end"},
}
"""What cannot be given an input that shows how its work grows, by file and expression, with the reason."""
MADE_LATER = {
    "lti_app/discussion/posts/rules/compose.py": _Scribe([], Referred(people={1: "Ana Lee", 2: "Ana"})).at,
    "lti_app/core/nesting.py": nesting._RAW_END["script"],
}
"""Stand for the expressions that are put together from what is known only then: one for each file."""

UNICODE = {
    "L": "a-zé漢ก",
    "Ll": "a-zé",
    "N": "0-9",
    "Nd": "0-9",
    "Pe": ")",
    "Pf": "”",
    "M": "\u0300",
    "Z": " ",
    "Cc": "\x00-\x1f",
    "Cf": "\u00ad",
    "Cs": "\ud800",
    "Default_Ignorable_Code_Point": "\u3164",
    "Alphabetic": "a-zé漢ก",
    "Dash": "\u2010\\-",
    "Dia": "ʼ",
    "Ext": "ー",
    "EMod": "\U0001f3fb",
    "Extended_Pictographic": "\U0001f600",
    "GCB=Extend": "\u0300",
    "GCB=SpacingMark": "\u0e33",
    "Hiragana": "あ",
    "Hyphen": "\u2010",
    "Ideographic": "漢",
    "Latin": "a-zé",
    "Lm": "ʼー",
    "Nl": "Ⅷ",
    "No": "²",
    "RI": "\U0001f1e9",
    "S": "№´+",
    "Sk": "´",
    "dt=Canonical": "é",
    "dt=Narrow": "ｶ",
    "dt=None": "a-z漢ก\u200c",
    "jg=Alef": "ا",
    "jg=Farsi_Yeh": "ی",
    "jg=Teh_Marbuta": "ة",
    "jg=Yeh": "ي",
    "jt=C": "ـ",
    "lb=AK": "ᬅ",
    "lb=AP": "ᬃ",
    "lb=AS": "ᬓ",
    "lb=SA": "ก",
    "sc=Arab": "ا",
    "sc=Inherited": "\u0301",
    "scx=Bopo": "ㄅ",
    "scx=Han": "漢",
    "scx=Hira": "あ",
    "scx=Kana": "ア",
    "wb=Double_Quote": '"',
    "wb=MidLetter": ":",
    "wb=MidNumLet": ".’",
    "wb=Single_Quote": "'",
    "Noncharacter_Code_Point": "\ufffe",
    "sc=Han": "漢",
    "sc=Hiragana": "あ",
    "sc=Katakana": "ア",
    "sc=Bopomofo": "ㄅ",
    "sc=Thai": "ก",
    "sc=Lao": "ກ",
    "sc=Khmer": "ក",
    "sc=Myanmar": "က",
}
"""Classes of Unicode that scripts and the `regex` library name, by characters that stand for them."""
_IN_SCRIPT = re.compile(
    r"""//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`"""
    r"""|(?<=[=(,:;!&|?\[{}\n>])\s*/(?![*/])(?P<pattern>(?:\[(?:\\.|[^\]\\\n])*\]|\\.|[^/\\\n\[])+)/(?P<flags>[a-z]*)""",
    re.DOTALL,
)


@dataclass(frozen=True)
class Expression:
    """A regular expression with the place where it is written, and how it is used."""

    source: Source
    line: int
    pattern: str
    flags: int = 0
    anywhere: bool = True
    whole: bool = False

    def __str__(self) -> str:
        return self.source.at(self.line, self.pattern)


def used_with() -> dict[str, set[str]]:
    """The methods that are called of whatever has a name: a private one in its module, another anywhere."""
    found: dict[str, set[str]] = {}
    for source in package_files():
        for node in ast.walk(source.tree):
            if isinstance(node, ast.Attribute) and node.attr in METHODS:
                of = node.value
                name = of.id if isinstance(of, ast.Name) else of.attr if isinstance(of, ast.Attribute) else ""
                found.setdefault(known_as(source, name), set()).add(node.attr)
    return found


def known_as(source: Source, name: str) -> str:
    return f"{source.path}:{name}" if name.startswith("_") else name


def of_python() -> Iterator[Expression]:
    methods = used_with()
    for source in package_files():
        if source.path.startswith(NOT_AT_RUN_TIME):
            continue
        names = {
            id(node.value): node.targets[0].id
            for node in ast.walk(source.tree)
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
        }
        for call in filter(is_of_re, ast.walk(source.tree)):
            how = (
                methods.get(known_as(source, names.get(id(call), "")), set())
                if call.func.attr == "compile"
                else {call.func.attr}
            )
            anywhere = not how or bool(how - FROM_THE_START)
            pattern, flags = written(source, call)
            if call.func.value.id == "regex":
                pattern = in_python(pattern)
            yield Expression(source, call.lineno, pattern, flags, anywhere, how == {"fullmatch"})


def is_of_re(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and (node.func.value.id in {"re", "regex"} and node.func.attr in {*METHODS, "compile"})
    )


def written(source: Source, call: ast.Call) -> tuple[str, int]:
    """The pattern and the flags of a call, with the values that the names in it have in their module."""
    module = vars(importlib.import_module(source.path.removesuffix(".py").replace("/", ".")))

    def value(node: ast.expr):
        return eval(compile(ast.Expression(node), source.path, "eval"), dict(module))

    try:
        pattern = value(call.args[0])
    except NameError:
        later = MADE_LATER[source.path]
        return later.pattern, later.flags
    flags = [keyword.value for keyword in call.keywords if keyword.arg == "flags"]
    place = {"compile": 1, "sub": 4, "subn": 4, "split": 3}.get(call.func.attr, 2)
    given = [value(node) for node in (flags or call.args[place : place + 1])]
    return pattern.decode("latin-1") if isinstance(pattern, bytes) else pattern, int(sum(given))


def of_forms() -> Iterator[Expression]:
    """Those that forms give to the validators of WTForms."""
    for source in package_files():
        for node in ast.walk(source.tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Regexp":
                yield Expression(source, node.lineno, ast.literal_eval(node.args[0]), anywhere=False)


def of_scripts() -> Iterator[Expression]:
    for source in all_files():
        if source.path.startswith("lti_app/frontend/") and source.path.endswith(".js"):
            for found in _IN_SCRIPT.finditer(source.text):
                if found["pattern"]:
                    flags = (re.IGNORECASE if "i" in found["flags"] else 0) | (re.M if "m" in found["flags"] else 0)
                    line = source.text.count("\n", 0, found.start("pattern")) + 1
                    yield Expression(source, line, in_python(found["pattern"]), flags)


def in_python(pattern: str) -> str:
    """An expression of a script as Python would write it."""
    parts: list[str] = []
    within = False
    for part in re.findall(r"\\p\{[\w=]+\}|\\.|.", pattern, re.DOTALL):
        if part.startswith("\\p"):
            letters = UNICODE[part[3:-1]]
            parts.append(letters if within else f"[{letters}]")
        else:
            parts.append("\\[" if within and part == "[" else part)
            within = (part == "[" or within) and part != "]"
    return "".join(parts)


EXPRESSIONS = [*of_python(), *of_forms(), *of_scripts()]


def test_expressions_are_found():
    endings = {expression.source.path.rpartition(".")[2] for expression in EXPRESSIONS}
    assert endings == {"py", "js"}
    assert len(EXPRESSIONS) > 140
    assert in_python(r"[\p{L}[]+\p{N}\/") == r"[a-zé漢ก\[]+[0-9]\/"


@pytest.mark.parametrize("expression", EXPRESSIONS, ids=str)
def test_work_is_in_proportion_to_the_input(expression: Expression):
    if expression.pattern in HARMLESS.get(expression.source.path, {}):
        return
    with warnings.catch_warnings(action="error"):
        times, how = growth(expression.pattern, expression.flags, anywhere=expression.anywhere, whole=expression.whole)
    assert times <= MOST, f"{expression}\nThe input (beginning, piece, end) {how} shows it: {times:.1f} times"
