"""Forms write their hidden fields as Flask-WTF does."""

import pytest
from flask_wtf import FlaskForm
from wtforms import HiddenField, StringField
from wtforms.validators import InputRequired

from lti_app.web.forms.fields import ConfirmForm, PostedForm


class Plain(PostedForm):
    parent = HiddenField(default="7")
    said = HiddenField(default="\"<b>'&")
    empty = HiddenField()
    title = StringField(default="seen")


class Required(Plain):
    other = HiddenField(default="1", validators=[InputRequired()])


class Marked(Plain):
    other = HiddenField(default="1", render_kw={"data-of": "post"})


@pytest.mark.parametrize("kind", [Plain, Required, Marked, ConfirmForm])
def test_hidden_fields(app, kind):
    with app.test_request_context():
        form = kind()
        written = str(form.hidden_tag())
        assert written == str(FlaskForm.hidden_tag(form))
        assert 'name="csrf_token"' in written
        assert "seen" not in written


def test_those_that_are_asked_for(app):
    with app.test_request_context():
        form = Plain()
        assert form.hidden_tag("said", "title") == FlaskForm.hidden_tag(form, "said", "title")
