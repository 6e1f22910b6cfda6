"""The catalogues: nothing is said past them, and every language says all of it with everything that is put into it."""

import ast
import re
from functools import cache
from gettext import GNUTranslations
from html.parser import HTMLParser
from pathlib import Path

import pytest
from babel import Locale
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po
from jinja2 import Environment, nodes

from lti_app.translations import catalogues

ROOT = catalogues.PACKAGE.parent
LANGUAGES = sorted(path.parent.parent.name for path in catalogues.HERE.glob("*/LC_MESSAGES/messages.po"))
COMPLETE = ("de",)
PLACEHOLDER = re.compile(r"%%|%\(\w+\)[sd]|\{\w*\}")
TAG = re.compile(r"</?[a-z]+")
LETTERS = re.compile(r"[^\W\d_]{2}")
SENTENCE = re.compile(r"^[A-Z][a-z]+(\W|$)")
SAID_ATTRIBUTES = ("aria-label", "aria-description", "aria-roledescription", "title", "placeholder", "alt")
NAMES = {"Moodle", "Canvas", "WordPress, bbPress", "Colloquy", "PDF", "CSV", "JSON", "https://"}
"""Words that are the same in every language."""
JINJA = Environment(extensions=["jinja2.ext.i18n"], autoescape=True)


def test_template_of_the_catalogues_has_every_sentence_and_no_other():
    with catalogues.TEMPLATE.open("rb") as file:
        kept = read_po(file)
    fresh = extracted()
    missing, gone = ids(fresh) - ids(kept), ids(kept) - ids(fresh)
    assert not missing | gone, "run `make catalogue`"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_the_sentences_of_the_template(language):
    assert ids(catalogue(language)) == ids(extracted()), "run `make catalogue`"


def test_a_status_and_a_level_of_a_rubric_are_told_apart():
    """Work is missing; the level of a rubric with that name says that there is nothing."""
    assert {(None, ("Missing",)), ("status", ("Missing",))} <= ids(extracted())


@pytest.mark.parametrize("language", COMPLETE)
def test_language_is_complete(language):
    assert [m.id for m in messages(language) if not all(forms(m))] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_a_guess(language):
    assert [m.id for m in messages(language) if m.fuzzy] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_form_of_the_plural_is_there(language):
    read, count = catalogue(language), catalogue(language).num_plurals
    assert count == len(Locale.parse(language).plural_form.tags | {"other"})
    assert [m.id for m in read if m.id and m.pluralizable and len(forms(m)) != count] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_put_into_a_sentence_stands_in_its_translation(language):
    assert [fault for message in messages(language) for fault in faults(message, language)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_tags_and_spaces_at_the_edges_stay(language):
    for message in messages(language):
        for form in filter(None, forms(message)):
            assert TAG.findall(form) == TAG.findall(originals(message)[-1]), message.id
            assert edges(form) == edges(originals(message)[-1]), message.id


def test_new_language_speaks_english_until_it_is_translated(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(catalogues, "HERE", tmp_path)
    monkeypatch.setattr(catalogues, "TEMPLATE", tmp_path / "messages.pot")
    found = extracted()
    monkeypatch.setattr(catalogues, "extract", lambda: found)
    folder = tmp_path / "fr" / "LC_MESSAGES"
    catalogues.main(["--add", "fr", "--missing"])
    assert re.fullmatch(r"fr: (\d+) of \1\n", capsys.readouterr().out)
    assert compiled(folder).gettext("Title") == "Title"
    begun = (folder / "messages.po").read_text(encoding="utf-8")
    translated = begun.replace('msgid "Title"\nmsgstr ""', 'msgid "Title"\nmsgstr "Titre"')
    (folder / "messages.po").write_text(translated, encoding="utf-8")
    (folder / "messages.mo").unlink()
    catalogues.main(["--extract"])
    assert compiled(folder).gettext("Title") == "Titre"
    assert (folder / "messages.po").read_text(encoding="utf-8") == translated


@pytest.mark.parametrize(
    ("translation", "wrong"),
    [
        (("%(num)s Beitrag", "%(num)s Beiträge"), False),
        (("ein Beitrag", "%(num)s Beiträge"), False),
        (("ein Beitrag", "Beiträge"), True),
        (("%(num)s Beitrag", "%(number)s Beiträge"), True),
        (("%(num)s Beitrag", "%(num)d Beiträge"), True),
    ],
)
def test_lost_and_unknown_placeholders_are_found(translation, wrong):
    message = Message(("%(num)s post", "%(num)s posts"), translation)
    assert bool(faults(message, "de")) == wrong


@pytest.mark.parametrize("path", sorted((ROOT / "templates").rglob("*.html")), ids=lambda path: path.stem)
def test_templates_say_nothing_past_gettext(path):
    assert [words for words in said(path.read_text(encoding="utf-8")) if words not in NAMES] == []


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("<p>Hello</p>", ["Hello"]),
        ('<p>{{ _("Hello") }}{# aside #}</p>', []),
        ('<p>{{ "Hello" if new else _("Bye") }}</p>', ["Hello"]),
        ('<p class="{{ "new" if new }}">{{ post.author or "" }}</p>', []),
        ('<button aria-label="Close">×</button>', ["Close"]),
        ('<input type="submit" value="Send">', ["Send"]),
        ('<p data-words="Saved {time}" data-kind="stale-one">', ["Saved {time}"]),
        ('<a{% if x == "me" %} class="me"{% endif %} title="{{ _("Go") }}">1</a>', []),
    ],
)
def test_words_past_gettext_are_found(source, words):
    assert said(source) == words


@pytest.mark.parametrize("path", sorted((catalogues.PACKAGE / "web").rglob("*.py")), ids=lambda path: path.stem)
def test_messages_and_labels_pass_through_gettext(path):
    assert list(bare_messages(path.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ('flash("Saved.")', ["Saved."]),
        ('flash(_("Saved."), "error")', []),
        ('raise ValidationError(f"{n} is too many")', [" is too many"]),
        ('DataRequired(message="Write.")', ["Write."]),
        ('StringField("Title")', ["Title"]),
        ('StringField(_l("Title"), description="field")', []),
    ],
)
def test_messages_past_gettext_are_found(source, words):
    assert list(bare_messages(source)) == words


@cache
def extracted() -> Catalog:
    return catalogues.extract()


@cache
def catalogue(language: str) -> Catalog:
    with (catalogues.HERE / language / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return read_po(file, locale=language)


def compiled(folder: Path) -> GNUTranslations:
    with (folder / "messages.mo").open("rb") as file:
        return GNUTranslations(file)


def messages(language: str) -> list[Message]:
    return [message for message in catalogue(language) if message.id]


def ids(read: Catalog) -> set[tuple[str | None, tuple[str, ...]]]:
    return {(message.context, originals(message)) for message in read if message.id}


def originals(message: Message) -> tuple[str, ...]:
    return (message.id,) if isinstance(message.id, str) else tuple(message.id)


def forms(message: Message) -> tuple[str, ...]:
    return (message.string,) if isinstance(message.string, str) else tuple(message.string)


def faults(message: Message, language: str) -> list[str]:
    """The translated forms that lack a placeholder or have one too many.

    A form for exactly one number, such as one or two, may say it in words.
    """
    wanted = set(PLACEHOLDER.findall(originals(message)[-1]))
    found = []
    for index, form in enumerate(forms(message)):
        has = set(PLACEHOLDER.findall(form))
        spared = {"%(num)s", "%(num)d"} if message.pluralizable and says_one_number(language, index) else set()
        if form and (has - wanted or wanted - has - spared):
            found.append(form)
    return found


@cache
def says_one_number(language: str, index: int) -> bool:
    rule = re.sub(r"\bn\b", "number", catalogue(language).plural_expr)
    return sum(chosen(rule, number) == index for number in range(1000)) == 1


def chosen(rule: str, number: int) -> int:
    """What a C expression of a catalogue's header says of a number."""
    rule = rule.strip().removeprefix("(").removesuffix(")") if wrapped(rule.strip()) else rule
    condition, ask, rest = rule.partition("?")
    if not ask:
        return int(evaluated(rule, number))
    met, _, other = rest.partition(":")
    return chosen(met if evaluated(condition, number) else other, number)


def wrapped(rule: str) -> bool:
    return rule.startswith("(") and rule.endswith(")")


def evaluated(expression: str, number: int) -> int:
    python = expression.replace("&&", " and ").replace("||", " or ").strip()
    return int(eval(python, {"__builtins__": {}}, {"number": number}))


def edges(text: str) -> tuple[bool, bool]:
    """Whether a text begins and ends with a space; separators of lists have their own in every language."""
    return (text[:1].isspace(), text[-1:].isspace())


def said(source: str) -> list[str]:
    """The words that a template shows or reads aloud without asking gettext for them."""
    for gone in (r"\{#.*?#\}", r"\{% block \w*class %\}.*?\{% endblock %\}", r"\{% macro \w*_class\(.*?endmacro"):
        source = re.sub(gone, "", source, flags=re.DOTALL)
    reader = Spoken()
    expressed = re.sub(r"\{\{.*?\}\}", expression_words, source, flags=re.DOTALL)
    markup = re.sub(r"\{%.*?%\}", "", expressed, flags=re.DOTALL)
    reader.feed(f"<p {markup}>" if markup.startswith(" data-") else markup)  # a part with the words of scripts
    return reader.words


def expression_words(match: re.Match[str]) -> str:
    outputs = JINJA.parse(match.group()).find_all(nodes.Output)
    return " ".join(literal for output in outputs for child in output.nodes for literal in literals(child)).strip()


def literals(node: nodes.Node) -> list[str]:
    """The texts that an expression puts on the page by itself: what it calls and what it asks are others' words."""
    match node:
        case nodes.Const(value=str() as value):
            return [value]
        case nodes.Call() | nodes.Compare() | nodes.Getitem() | nodes.Getattr() | nodes.Test():
            return []
        case nodes.Filter():
            return literals(node.node) if node.node else []
        case nodes.CondExpr():
            return [*literals(node.expr1), *(literals(node.expr2) if node.expr2 else [])]
    return [literal for child in node.iter_child_nodes() for literal in literals(child)]


class Spoken(HTMLParser):
    """Collects texts and spoken attributes that hold words."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        is_button = dict(attrs).get("type") in ("submit", "button", "reset")
        for name, value in attrs:
            for_scripts = name.startswith("data-") and bool(SENTENCE.search(value or ""))
            if name in SAID_ATTRIBUTES or for_scripts or (name == "value" and tag == "input" and is_button):
                self.handle_data(value or "")

    def handle_data(self, data: str) -> None:
        if LETTERS.search(data):
            self.words.append(data.strip())


def bare_messages(source: str) -> list[str]:
    """The literal texts that are flashed, raised as a form's error, or label a field."""
    return [text for call in ast.walk(ast.parse(source)) if isinstance(call, ast.Call) for text in texts_of(call)]


def texts_of(call: ast.Call) -> list[str]:
    name = getattr(call.func, "id", getattr(call.func, "attr", ""))
    spoken = [word.value for word in call.keywords if word.arg in ("message", "label")]
    if name in ("flash", "ValidationError", "StopValidation") or name.endswith("Field"):
        spoken += call.args[:1]
    parts = [part for text in spoken for part in (text.values if isinstance(text, ast.JoinedStr) else [text])]
    values = [part.value for part in parts if isinstance(part, ast.Constant) and isinstance(part.value, str)]
    return [value for value in values if LETTERS.search(value)]
