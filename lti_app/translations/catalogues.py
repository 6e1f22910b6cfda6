"""The catalogues of translated sentences: extract them from the sources, bring the languages up to date, compile them.

Run as `python lti_app/translations/catalogues.py`. Without options it compiles those catalogues that are newer than
their compiled form; `--extract` first writes `messages.pot` from the sources and merges it into every language;
`--add xx` begins a new language; `--missing` lists how much each language lacks.
"""

import argparse
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel import Locale
from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

HERE = Path(__file__).resolve().parent
PACKAGE = HERE.parent
TEMPLATE = HERE / "messages.pot"
METHODS = [("**.py", "python"), ("**.html", "jinja2")]
OPTIONS = {"**.html": {"trimmed": "true", "newstyle_gettext": "true", "silent": "false"}}
KEYWORDS = {**DEFAULT_KEYWORDS, "_l": None, "lazy_gettext": None, "marked": None, "phrase": None, "nphrase": (1, 2)}
NOT_OURS = ("practice_lms", "migrations", "frontend", "static", "translations")
"""The practice LMS plays a system of somebody else's, in English."""
EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
"""No catalogue says when it was made: the same sources give the same files."""


def main(arguments: list[str]) -> int:
    """The command; returns its exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--extract", action="store_true", help="bring messages.pot and all languages up to date")
    parser.add_argument("--add", metavar="LANGUAGE", help="begin a new language")
    parser.add_argument("--missing", action="store_true", help="say what each language lacks")
    wanted = parser.parse_args(arguments)
    if wanted.extract or wanted.add:
        template = extract()
        _write(TEMPLATE, template)
        for path in sorted({*_catalogues(), *([_path(wanted.add)] if wanted.add else [])}):
            _bring_up_to_date(path, template)
    for path in _catalogues():
        _compile(path)
    if wanted.missing:
        sys.stdout.writelines(f"{path.parent.parent.name}: {_missing(path)}\n" for path in _catalogues())
    return 0


def extract() -> Catalog:
    """Every sentence of the sources."""
    catalogue = _empty(None)
    for folder in (PACKAGE, _templates()):
        for name, line, message, comments, context in sorted(_messages(folder), key=lambda found: (found[0], found[1])):
            catalogue.add(message, locations=[(f"{folder.name}/{name}", line)], auto_comments=comments, context=context)
    return catalogue


def _messages(folder: Path) -> Iterator[tuple[str, int, str | tuple[str, ...], list[str], str | None]]:
    found = extract_from_dir(
        str(folder),
        METHODS,
        OPTIONS,
        keywords=KEYWORDS,
        comment_tags=("Translators:",),
        strip_comment_tags=True,
        directory_filter=lambda path: Path(path).name not in NOT_OURS and not Path(path).name.startswith((".", "__")),
    )
    yield from found


def _templates() -> Path:
    return PACKAGE.parent / "templates"


def _catalogues() -> list[Path]:
    return sorted(HERE.glob("*/LC_MESSAGES/messages.po"))


def _path(language: str) -> Path:
    return HERE / language / "LC_MESSAGES" / "messages.po"


def _bring_up_to_date(path: Path, template: Catalog) -> None:
    locale = Locale.parse(path.parent.parent.name)
    catalogue = _read(path) if path.exists() else _empty(locale)
    catalogue.creation_date = catalogue.revision_date = EPOCH
    catalogue.update(template, no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    _write(path, catalogue)


def _empty(locale: Locale | None) -> Catalog:
    about = {"project": "Colloquy", "version": "0", "copyright_holder": "Colloquy", "msgid_bugs_address": "none"}
    names = {"last_translator": "Colloquy", "language_team": "Colloquy"}
    comment = f"# The sentences of Colloquy in {locale.english_name}." if locale else "# The sentences of Colloquy."
    catalogue = Catalog(locale=locale, header_comment=comment, charset="utf-8", fuzzy=False, **about, **names)
    catalogue.creation_date = catalogue.revision_date = EPOCH
    return catalogue


def _read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=path.parent.parent.name)


def _write(path: Path, catalogue: Catalog) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, catalogue, omit_header=False, no_location=False, width=120, include_lineno=False)


def _compile(path: Path) -> None:
    compiled = path.with_suffix(".mo")
    if not compiled.exists() or compiled.stat().st_mtime < path.stat().st_mtime:
        with compiled.open("wb") as file:
            write_mo(file, _read(path))


def _missing(path: Path) -> str:
    messages = [message for message in _read(path) if message.id]
    lacking = [message for message in messages if not message.string or not all(_strings(message.string))]
    return f"{len(lacking)} of {len(messages)}"


def _strings(string: str | tuple[str, ...] | list[str]) -> tuple[str, ...]:
    return (string,) if isinstance(string, str) else tuple(string)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
