"""Fields of forms are written as WTForms writes them."""

from decimal import Decimal
from importlib.util import find_spec, module_from_spec
from types import SimpleNamespace

import pytest
from flask_babel import lazy_gettext
from markupsafe import Markup
from wtforms import Form, SelectField, SelectMultipleField, StringField
from wtforms.fields import SelectChoice
from wtforms.widgets import html_params

from lti_app.web.forms.attributes import attributes, init_fields, option

ODD = "<b> & \"double\" 'single' 100 % {k} \x1f"


@pytest.mark.parametrize(
    "value",
    [ODD, Markup('<i title="x">&amp;</i>'), "", "plain", 0, 7, 1.5, Decimal("1.50"), None, True, False, [1, "<"]],
)
def test_an_attribute_is_written_as_the_library_does(value):
    named = {"value": value, "class_": "wide", "data_since": value, "aria_label": "a_b", "id": "one", "x-y": 2}
    written = attributes(**named)
    assert written == html_params(**named)
    assert type(written) is Markup


def test_a_text_in_the_language_of_the_reader_is_translated_when_it_is_written(app):
    with app.test_request_context(headers={"Accept-Language": "de"}):
        for label in (lazy_gettext("Delete"), lazy_gettext("%(name)s", name=ODD)):
            assert attributes(title=label) == html_params(title=label)


def test_nothing_is_written_for_no_attributes():
    assert attributes() == html_params() == attributes(value=False) == ""


@pytest.fixture(scope="module")
def library():
    """The library's own widgets, as they are before `init_fields`."""
    spec = find_spec("wtforms.widgets.core")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("value", [ODD, "Europe/London", "", 7, True, False, None])
@pytest.mark.parametrize("label", [ODD, Markup("<b>bold</b>"), "London", "", None])
@pytest.mark.parametrize("selected", [True, False])
@pytest.mark.parametrize("render_kw", [None, {}, {"data_zone": ODD, "disabled": True}])
def test_an_option_is_written_as_the_library_does(library, value, label, selected, render_kw):
    choice = SimpleNamespace(value=value, label=label, selected=selected, render_kw=render_kw)
    assert option(choice) == library.Select.render_option(choice)
    assert option(choice, hidden=True) == library.Select.render_option(choice, hidden=True)


def test_lists_have_the_same_html(library):
    class Zones(Form):
        zone = SelectField("Zone", choices=[SelectChoice("a", ODD), SelectChoice("b", "Berlin")], default="b")
        several = SelectMultipleField(
            "Several", choices=[SelectChoice(1, "one"), SelectChoice(2, ODD)], coerce=int, default=[2]
        )

    init_fields()
    for field in Zones():
        assert "selected" in field()
        assert field() == library.Select(multiple=field.name == "several")(field)


def test_fields_have_the_same_html(monkeypatch):
    class Words(Form):
        words = StringField("Words", render_kw={"placeholder": ODD, "data_most": 3})

    field = Words(words=ODD).words
    monkeypatch.setattr("wtforms.widgets.Input.html_params", staticmethod(html_params))
    before = field(required=True)
    init_fields()
    assert field(required=True) == before
