"""Rules about templates and about every file's text. Each yields its findings as `path:line: what is wrong`."""

import re
from collections.abc import Iterator

from tests.architecture.tree import Source

TEMPLATE_LINES = 120
INLINE = {
    "an inline script; scripts are files": re.compile(r"<script\b(?![^>]*\bsrc=)[^>]*>|<script\b[^>]*>\s*[^<\s]", re.I),
    "an inline style; styles live in the style sheet": re.compile(r"<style\b|<[a-z][^>]*\sstyle\s*=", re.I),
    "an event attribute; scripts attach their own listeners": re.compile(r"<[a-z][^>]*\son[a-z]+\s*=", re.I),
    "a javascript: address": re.compile(r"""["']\s*javascript:""", re.I),
}
# Written in pieces, since this file is checked too.
REGISTRIES = re.compile(
    "|".join(map(re.escape, ("pypi" + ".org", "pythonhosted" + ".org", "npmjs" + ".org", "npmjs" + ".com")))
)
MACHINE_PATHS = re.compile(r"(?<![\w.$\]}>~/-])/(?:home|Users|root|work|mnt)/\w")


def too_long_template(source: Source) -> Iterator[str]:
    """A template beyond its budget is two parts and a page."""
    if source.line_count > TEMPLATE_LINES:
        yield source.at(TEMPLATE_LINES, f"{source.line_count} lines; at most {TEMPLATE_LINES}")


def inline_code(source: Source) -> Iterator[str]:
    """The content security policy refuses scripts and styles inside pages."""
    text = re.sub(r"\{#.*?#\}", lambda comment: re.sub(r"[^\n]", " ", comment[0]), source.text, flags=re.S)
    for message, pattern in INLINE.items():
        for found in pattern.finditer(text):
            yield source.at(text.count("\n", 0, found.start()) + 1, message)


def registry_hosts(source: Source) -> Iterator[str]:
    """Where packages come from is each installation's own affair, so no file names a registry."""
    yield from _lines_with(source, REGISTRIES, "names a package registry")


def machine_paths(source: Source) -> Iterator[str]:
    """A path of one person's machine means nothing on another."""
    yield from _lines_with(source, MACHINE_PATHS, "a path of somebody's machine")


def _lines_with(source: Source, pattern: re.Pattern[str], message: str) -> Iterator[str]:
    for number, line in enumerate(source.text.splitlines(), 1):
        if found := pattern.search(line):
            yield source.at(number, f"{message}: {found[0]}")
