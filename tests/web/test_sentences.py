"""Fields stand in a sentence wherever its language puts them."""

import pytest
from wtforms import Form, IntegerField

from lti_app.web.forms.sentences import sentence_of


class Numbers(Form):
    days, posts = IntegerField("Days"), IntegerField("Posts")


@pytest.mark.parametrize(
    ("words", "parts"),
    [
        ("Who wrote %(posts)s posts in %(days)s days.", ["Who wrote ", "posts", " posts in ", "days", " days."]),
        ("In %(days)s Tagen wer %(posts)s schrieb", ["In ", "days", " Tagen wer ", "posts", " schrieb"]),
        ("%(days)s%(posts)s", ["", "days", "", "posts", ""]),
        ("100% nothing", ["100% nothing"]),
    ],
)
def test_fields_are_where_the_words_put_them(words, parts):
    form = Numbers()
    sentence = sentence_of("silent", words, {"days": form.days, "posts": form.posts})
    assert [part if isinstance(part, str) else part.name for part in sentence.parts] == parts
    assert [field.name for field in sentence.fields] == [part for part in parts if part in ("days", "posts")]
