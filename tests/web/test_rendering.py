"""Templates write what Jinja's own environment would."""

from decimal import Decimal
from enum import StrEnum
from typing import ClassVar

import pytest
from flask import Flask, render_template
from flask.templating import Environment
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import DictLoader, StrictUndefined, UndefinedError
from markupsafe import Markup, escape

from lti_app.core.wording import Typed
from lti_app.web.rendering import QuickEnvironment, escaped


class Sign(StrEnum):
    """A text that is none to the letter."""

    LESS = "<"


class Drawn:
    """An object that knows its markup."""

    def __html__(self) -> str:
        return "<b>drawn</b>"

    def __str__(self) -> str:
        return "<i>never</i>"


@given(st.text() | st.text(alphabet="&<>'\"a") | st.integers() | st.booleans() | st.floats() | st.none())
def test_any_value(value: object) -> None:
    assert escaped(value) == escape(value)


@pytest.mark.parametrize(
    "value",
    [Markup("<b>safe</b>"), Typed("<script>"), Sign.LESS, Drawn(), Decimal("1.50"), ["<", 1], {"<": ">"}],
    ids=lambda value: type(value).__name__,
)
def test_other_kinds(value: object) -> None:
    assert str(escaped(value)) == str(escape(value))


class Odd:
    """An object whose attributes are found in different ways."""

    like: ClassVar[dict[str, str]] = {"name": "<like>"}

    @property
    def lost(self) -> str:
        """Not there after all."""
        raise AttributeError

    def __getitem__(self, name: str) -> str:
        if name == "bad":
            return "<item>"
        raise LookupError


SOURCES = {
    "page.html": "<h1>{% block title %}{% endblock %}</h1>{% for x in xs %}{% include 'row.html' %}{% endfor %}"
    "{% block body %}{% endblock %}",
    "row.html": "{% from 'macros.html' import m %}<p>{{ loop.index if loop is defined }}{{ x }}"
    "{% for y in [x, 2] if y %}{{ y }}{% else %}nothing{% endfor %}{{ m(x) }}</p>",
    "macros.html": "{% macro m(x) %}<i>{{ x }}{{ caller() if caller is defined }}</i>{{ shared() }}{% endmacro %}",
    "child.html": "{% extends 'page.html' %}{% from 'macros.html' import m %}{% set kept %}<u>{{ bad }}</u>{% endset %}"
    "{% for x in xs %}outside{% endfor %}"
    "{% block title %}{% for x in xs %}{% for y in xs %}{{ x }}{{ loop.first }}{% endfor %}{% endfor %}{% endblock %}"
    "{% block body %}{{ super() }}"
    "|{{ bad }}|{{ bad | safe }}|{{ bad | e }}|{{ kept }}|{{ bad ~ kept }}|{{ 7 }}|{{ none }}"
    "|{% call m(bad) %}{{ bad }}{% endcall %}{% autoescape false %}|{{ bad }}{% endautoescape %}"
    "{% for x in [] %}{% else %}|empty{% endfor %}"
    "{{ tree[0].name }}{{ tree[0].none is defined }}{{ tree[0].keys is defined }}{{ odd.lost is defined }}{{ odd.bad }}"
    "{{ m(tree[0].name ~ tree[1].of ~ odd.like.name) }}{{ _('%(a)s & %(b)s', a=bad, b=odd.like.name) }}{{ _('<i>') }}"
    "{% for x in tree if x.of %}{{ x.of[0].name }}{{ x.of.none is defined }}{{ loop.last }}{% endfor %}"
    "{% for x in tree recursive %}<li>{{ x.name }}{% if x.of %}<ul>{{ loop(x.of) }}</ul>{% endif %}</li>{% endfor %}"
    "{% endblock %}",
}


def test_templates() -> None:
    tree = [{"name": "<a>", "of": [{"name": "b", "of": []}]}, {"name": "c", "of": []}]
    values = {"odd": Odd(), "bad": "<&'>", "xs": ["<", Markup("<b>"), 0, "a"], "tree": tree}
    told = []
    for kind in (QuickEnvironment, Environment):
        app = Flask("templates")
        app.jinja_environment = kind
        app.jinja_env.loader = DictLoader(SOURCES)
        app.jinja_env.globals.update(shared=lambda: "shared", _=lambda text, **values: Markup(text) % values)
        with app.app_context():
            told.append(render_template("child.html", **values))
    assert told[0] == told[1]
    assert "|&lt;&amp;&#39;&gt;|<&'>|" in told[0]
    assert "FalseTrueFalse&lt;item&gt;" in told[0]


def test_an_attribute_that_is_not_there_is_told_by_name() -> None:
    app = Flask("templates")
    app.jinja_environment = QuickEnvironment
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.loader = DictLoader({"page.html": "{{ thing.name.first }}"})
    for thing, said in (({}, "'dict object' has no attribute 'name'"), ({"name": 1}, "has no attribute 'first'")):
        with app.app_context(), pytest.raises(UndefinedError, match=said):
            render_template("page.html", thing=thing)
