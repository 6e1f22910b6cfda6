"""Fields that forms write themselves look as their widgets write them."""

import pytest
from markupsafe import Markup
from wtforms import HiddenField, IntegerField, TextAreaField
from wtforms.validators import InputRequired, Length
from wtforms.widgets import HiddenInput

from lti_app.web.forms.fields import LongTextField, PostedForm
from lti_app.web.templating import csrf_field

HOSTILE = "<b>\"Tom\" & 'Jerry'</b>"


class FormOfAll(PostedForm):
    kind = HiddenField(default=HOSTILE)
    version = IntegerField(widget=HiddenInput(), validators=[InputRequired()])
    text = TextAreaField(validators=[InputRequired(), Length(min=3, max=40)])
    words = LongTextField()


@pytest.fixture
def form(app):
    with app.test_request_context():
        yield FormOfAll(formdata=None, version=3, text=HOSTILE)


@pytest.mark.parametrize(
    "named",
    [
        {},
        {"id": "other"},
        {"rows": 2, "dir": "auto", "class_": "prose", "aria_label": "Text", "data_kind": HOSTILE},
        {"aria-invalid": "true", "required": False, "autofocus": True, "disabled": True, "maxlength": 7},
        {"title": Markup('<i title="x">')},
    ],
)
def test_fields_are_written_as_their_widgets_write_them(form, named):
    for field in form:
        assert field(**named) == field.widget(field, **named), field.name
        assert isinstance(field(**named), Markup)


def test_the_field_of_a_token_is_that_of_a_form(form):
    assert csrf_field() == form.csrf_token(id=False)
