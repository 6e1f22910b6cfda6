"""What templates can call: addresses of built files, the reader, and filters for moments, points and excerpts."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from math import floor
from pathlib import Path
from time import monotonic
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale, negotiate_locale
from babel.numbers import format_percent
from flask import Flask, current_app, g, request, url_for
from flask_babel import Babel, get_domain, get_locale, gettext
from flask_wtf.csrf import generate_csrf
from jinja2 import StrictUndefined
from markupsafe import Markup
from sqlalchemy.exc import SQLAlchemyError

from lti_app.core.rich_text import headings_below_title
from lti_app.core.wording import Phrase, Typed
from lti_app.course.courses.rules import Actor
from lti_app.course.people.rules import zone
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.grading.adjustments.rules.given import rule_of
from lti_app.grading.adjustments.rules.late import LateRule
from lti_app.grading.comments.rules.formatting import to_rich
from lti_app.grading.passbacks.rules.wording import advice_on, delivery_of, problem_with
from lti_app.grading.rubrics.rules.points import rounded
from lti_app.web.group_names import group_name
from lti_app.web.moments import Reader, language_of, name_of_zone
from lti_app.web.rendering import QuickEnvironment, escaped
from lti_app.web.session import current_actor
from lti_app.web.transactions import now

DEFAULT_ZONE = "BABEL_DEFAULT_TIMEZONE"
LANGUAGES = "colloquy.languages"


def init_templating(app: Flask, *, default_zone: str = "UTC") -> None:
    """Set up Jinja, gettext and everything that templates can call; after transactions and sessions.

    `default_zone` is the IANA zone of readers of whom none is known.
    """
    app.config[DEFAULT_ZONE] = default_zone
    app.jinja_environment = QuickEnvironment
    environment = app.jinja_env
    environment.trim_blocks = environment.lstrip_blocks = True
    environment.undefined = StrictUndefined
    babel = Babel(app)
    with app.app_context():
        languages = [str(locale) for locale in babel.list_translations()]
    app.config[LANGUAGES] = languages
    babel.init_app(app, locale_selector=lambda: _language(languages))
    environment.newstyle_gettext = True  # type: ignore[attr-defined]  # the i18n extension adds it
    environment.globals.update(_=translate, gettext=translate, ngettext=translate_plural)
    environment.filters.update(
        moment=moment,
        time_of=time_of,
        moment_to_keep=moment_to_keep,
        moment_zone=moment_zone,
        clock_time=clock_time,
        due=due,
        relative=relative,
        against=against,
        delay=delay,
        points=points,
        rounded_points=rounded_points,
        signed_points=signed_points,
        fine_percent=fine_percent,
        percent=percent,
        signed_percent=signed_percent,
        plain_excerpt=plain_excerpt,
        formatted_comment=to_rich,
        say=say,
        headings_below_title=headings_below_title,
        group_name=group_name,
    )
    environment.globals.update(
        gradebook_advice=advice_on, gradebook_delivery=delivery_of, gradebook_problem=problem_with
    )
    environment.globals.update(late_rule_of=late_rule_of)
    environment.globals.update(csrf_field=csrf_field)
    environment.globals.update(actor_if_known=actor_if_known, asset_url=asset_url, zone_name=zone_name)
    app.context_processor(lambda: {"actor": actor_if_known(), "locale": get_locale() or Locale("en")})


def compile_templates(app: Flask) -> None:
    """Compile all pages, where it is done once for all processes that are forked later: otherwise who opens a page
    first waits for it, up to 200 ms, in each process anew.
    """
    for name in app.jinja_env.list_templates(extensions=["html"]):
        app.jinja_env.get_template(name)


def _language(languages: list[str]) -> str | None:
    """The language of the page: the one in which the person uses their LMS, else the one their browser prefers."""
    if not request:
        return None
    actor = actor_if_known()
    return _first_known([actor.locale if actor else ""], languages) or request.accept_languages.best_match(languages)


def language_of_reader(*spoken: str) -> str:
    """The first of these languages that we speak, else English: for what is read later and by no browser."""
    return _first_known(spoken, current_app.config[LANGUAGES]) or "en"


def _first_known(spoken: Sequence[str], languages: list[str]) -> str | None:
    return negotiate_locale([each.replace("-", "_") for each in spoken if each], languages)


def known_markup(text: str) -> Markup:
    """Text that is markup already: of the catalogue, which is ours, or joined from rendered parts. Never what people
    wrote."""
    return str.__new__(Markup, text)  # which does not ask first whether it is an object that knows its markup


def translate(text: str, /, **values: object) -> Markup:
    """A text of a template in the reader's language, its values escaped.

    What the i18n extension's own function does with three calls through the template's context: a page of posts asks
    for hundreds of texts.
    """
    if not values:
        return _fixed(_translations(), text)
    return _filled(_translations().ugettext(text), values)


@lru_cache(maxsize=16_384)
def _fixed(catalogue: Any, text: str) -> Markup:
    """A text without values: what most of a page says, of which there are some thousands in each language."""
    return known_markup(catalogue.ugettext(text)) % {}


def translate_plural(one: str, many: str, num: int | Decimal, /, **values: object) -> Markup:
    """Translate a sentence that depends on a number, which is among the values as `num`.

    Points may be a fraction, which has the form that CLDR calls "other", as 100 has in every language of ours.
    """
    count = int(num) if num == int(num) else 100
    return _filled(_translations().ungettext(one, many, count), {"num": num, **values})


def _filled(text: str, values: Mapping[str, object]) -> Markup:
    """A text of the catalogue with its values, escaped: as `Markup.__mod__` does it, in half the time."""
    return known_markup(text % {name: each if type(each) is int else escaped(each) for name, each in values.items()})


def csrf_token() -> str:
    """The token of the forms of this request, asked for once."""
    held = g._get_current_object()
    token: str | None = held.get("token_of_forms")
    if token is None:
        held.token_of_forms = token = generate_csrf()
    return token


def say(said: Phrase) -> Markup:
    """A sentence of the domain in the reader's language, its values as people read them."""
    values = {name: _shown(value) for name, value in said.values.items()}
    text = (
        translate_plural(said.text, said.plural, said.num, **values) if said.plural else translate(said.text, **values)
    )
    return text[:1].upper() + text[1:] if said.is_capitalized else text


def _shown(value: object) -> object:
    """A value within a sentence."""
    if isinstance(value, Phrase):
        return say(value)
    if isinstance(value, datetime):
        return time_of(value)
    if isinstance(value, ZoneInfo):
        return name_of_zone(value.key, language_of(get_locale() or Locale("en")))
    if isinstance(value, Typed):
        return Markup("<code>{}</code>").format(value)
    if isinstance(value, tuple):
        return known_markup(gettext("; ")).join(value)
    return value


def time_of(value: datetime | None) -> Markup:
    """A moment as <time>: the words for people, the ISO form for machines. Nothing for one that nobody knows."""
    if not value:
        return Markup()
    return known_markup(f'<time datetime="{value.isoformat(timespec="minutes")}">{escaped(moment(value))}</time>')


def _translations() -> Any:
    """The reader's catalogue, looked up once a request: a class list asks for hundreds of texts."""
    held = g._get_current_object()
    catalogue = held.get("translations")
    if catalogue is None:
        held.translations = catalogue = get_domain().get_translations()
    return catalogue


def actor_if_known() -> Actor | None:
    """The actor of this request; None if there is none, or if the database fails."""
    try:
        return current_actor()
    except SQLAlchemyError:
        return None


def asset_url(name: str) -> str:
    """The address of a built file by its source name (main.css). Raises RuntimeError when it has not been built."""
    manifest = f"{current_app.static_folder or 'static'}/manifest.json"
    try:
        names = _manifest(manifest, _changed_at(manifest, int(monotonic())))
    except FileNotFoundError as error:
        raise RuntimeError("The front-end is not built: run `make frontend`.") from error
    if name not in names:
        raise RuntimeError(f"The front-end has no {name}: build it again with `make frontend`.")
    return url_for("static", filename=names[name])


def csrf_field() -> Markup:
    """The hidden field that proves where a form comes from."""
    return known_markup(f'<input name="csrf_token" type="hidden" value="{escaped(csrf_token())}">')


def moment(value: datetime) -> str:
    """Wed 25 Nov, 23:59: a moment in the reader's zone, with the year where it is not the current one."""
    return reader().moment(value)


def moment_to_keep(value: datetime) -> str:
    """Wed 25 Nov 2026, 23:59: a moment in a document that is read in other years, always with the year."""
    return reader().moment(value, always_year=True)


def clock_time(value: datetime) -> str:
    """10:42: the time of day in the reader's zone, of what has just happened."""
    return reader().clock_time(value)


def moment_zone(value: datetime) -> str:
    """A moment with its time zone: Wed 25 Nov, 23:59 (London)."""
    return f"{moment(value)} ({zone_name()})"


def due(value: datetime) -> str:
    """A due date with the time that is left: Wed 25 Nov, 23:59 (in 2 days)."""
    return f"{moment(value)} ({relative(value)})"


def due_soon(value: datetime) -> str:
    """Due today or tomorrow by the reader's calendar; empty for what has passed and what is later."""
    return reader().due_soon(value)


def relative(value: datetime) -> str:
    """The distance from now: 12 minutes ago; in 2 days."""
    return reader().relative(value)


def against(value: datetime, limit: datetime) -> str:
    """How a moment lies to a date that was due: 2 days early, 3 hours late, just in time."""
    span = reader().span(value - limit)
    if value > limit:
        return str(gettext("%(span)s late", span=span))
    return str(gettext("%(span)s early", span=span))


def delay(value: datetime, limit: datetime) -> str:
    """How long after a moment another one is: 1 day 3 hours."""
    return reader().delay(value - limit)


def zone_name() -> str:
    """The reader's zone as people say it: London."""
    return reader().zone_name


def points(value: Decimal) -> str:
    """Points without trailing zeros, with the decimal sign of the language: 15.5."""
    text = _digits(value)
    return text.replace(".", _decimal_sign()) if "." in text else text


@lru_cache(maxsize=8192)
def _digits(value: Decimal) -> str:
    """A number without trailing zeros, with a decimal point: a class list has few different ones."""
    return f"{value.normalize():f}"


def _decimal_sign() -> str:
    """The decimal sign of the reader's language, looked up once a request."""
    sign: str | None = g.get("decimal_sign")
    if sign is None:
        g.decimal_sign = sign = str((get_locale() or Locale("en")).number_symbols["latn"]["decimal"])
    return sign


def rounded_points(value: Decimal) -> str:
    """A number with two decimal places at most."""
    return points(rounded(value))


def signed_points(value: Decimal) -> str:
    """Points with their sign: +1.5, −2."""
    sign = "−" if value < 0 else "+"
    return f"{sign}{points(abs(value))}"


def late_rule_of(discussion: DiscussionView) -> LateRule | None:
    """What late work loses in a discussion; None for nothing."""
    return rule_of(discussion.late_rule)


def percent(share: Fraction) -> str:
    """A share as a whole percentage, halves rounded up, as the language writes it: 83%."""
    return format_percent(Decimal(floor(share * 100 + Fraction(1, 2))) / 100, locale=get_locale() or Locale("en"))


def fine_percent(share: Fraction) -> str:
    """The same with one decimal below 10%, where a whole number would tell little apart: 0.4%."""
    tenths = floor(share * 1000 + Fraction(1, 2))
    if tenths >= 100:
        return percent(share)
    return format_percent(Decimal(tenths) / 1000, locale=get_locale() or Locale("en"), decimal_quantization=False)


def signed_percent(share: Fraction) -> str:
    """The same with its sign: +5%."""
    return f"+{percent(share)}" if share * 100 >= Fraction(1, 2) else percent(share)


@lru_cache(maxsize=128)
def plain_excerpt(html: str, length: int) -> str:
    """The words of some HTML, cut after a word where they have more than `length` characters."""
    text = Markup(html.replace("</p>", "</p> ").replace("<br>", " ")).striptags()  # noqa: S704 - to strip it
    if len(text) <= length:
        return text
    whole_words = text[: length + 1].rpartition(" ")[0]
    return f"{(whole_words or text[:length]).rstrip(' ,;:.–-')}…"


@lru_cache(maxsize=4)
def _changed_at(manifest: str, _second: int) -> int:
    """When the files were built, looked at once a second, since every page asks twice."""
    return Path(manifest).stat().st_mtime_ns


@lru_cache(maxsize=4)
def _manifest(path: str, _changed_at: int) -> dict[str, str]:
    names: dict[str, str] = json.loads(Path(path).read_text(encoding="utf-8"))
    return names


def reader() -> Reader:
    """For whom this request's page is written."""
    known: Reader | None = g._get_current_object().get("reader")
    if known is None:
        actor = actor_if_known()
        zone_id = actor.time_zone if actor else current_app.config[DEFAULT_ZONE]
        g.reader = known = Reader(zone(zone_id), zone_id, language_of(get_locale() or Locale("en")), now())
    return known
