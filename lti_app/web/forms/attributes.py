"""The attributes of form fields, and the options of lists, as HTML."""

from typing import Any

from markupsafe import Markup
from wtforms.widgets import Input, Select
from wtforms.widgets.core import clean_key  # type: ignore[attr-defined]  # old stubs

from lti_app.web.rendering import escaped
from lti_app.web.templating import known_markup


def attributes(**named: object) -> Markup:
    """The same as `wtforms.widgets.html_params`, which takes a form a fifth of its page: True is an attribute without a
    value, False none."""
    return known_markup(" ".join([_attribute(name, named[name]) for name in sorted(named) if named[name] is not False]))


def _attribute(name: str, value: object) -> str:
    name = clean_key(name)
    # What is markup already may have quotation marks; `str.replace`, since that of Markup would escape its arguments.
    return name if value is True else f'{escaped(name)}="{str.replace(escaped(value), chr(34), "&quot;")}"'


def option(choice: Any, **named: object) -> Markup:
    """The same as `wtforms.widgets.Select.render_option`: of lists such as that of all time zones, half of the page."""
    value = str(choice.value) if isinstance(choice.value, bool) else choice.value
    named = {"value": value, **(choice.render_kw or {}), **named, **({"selected": True} if choice.selected else {})}
    return known_markup(f"<option {attributes(**named)}>{escaped(choice.label or choice.value)}</option>")


def init_fields() -> None:
    """Let all inputs write their attributes so, and all lists their options."""
    Input.html_params = staticmethod(attributes)  # type: ignore[method-assign]  # of the class, as each widget may
    Select.render_option = staticmethod(option)  # type: ignore[method-assign, assignment]  # so too; old stubs
