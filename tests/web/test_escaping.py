"""What templates write is what `markupsafe.escape` makes of it."""

from decimal import Decimal
from enum import StrEnum

import pytest
from flask import Flask, render_template_string
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup, escape

from lti_app.core.wording import Typed
from lti_app.web.escaping import escape_quickly, escaped


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
    ids=repr,
)
def test_other_kinds(value: object) -> None:
    assert str(escaped(value)) == str(escape(value))


def test_templates() -> None:
    app = Flask("templates")
    escape_quickly(app.jinja_env)
    source = (
        "{% macro m(x) %}<i>{{ x }}</i>{{ caller() }}{% endmacro %}"
        "{% set kept %}<u>{{ bad }}</u>{% endset %}"
        "{{ bad }}|{{ bad | safe }}|{{ bad | e }}|{{ kept }}|{{ bad ~ kept }}|{{ 7 }}"
        "|{% call m(bad) %}{{ bad }}{% endcall %}"
        "{% for x in [bad] %}|{{ x }}{% endfor %}{% autoescape false %}|{{ bad }}{% endautoescape %}"
    )
    with app.app_context():
        text = render_template_string(source, bad="<&'>")
    told = "&lt;&amp;&#39;&gt;"
    assert text == (f"{told}|<&'>|{told}|<u>{told}</u>|{told}<u>{told}</u>|7|<i>{told}</i>{told}|{told}|<&'>")
