"""Fields and forms that more than one area uses."""

from typing import Any

from flask import request
from flask_wtf import FlaskForm
from wtforms import TextAreaField


class PostedForm(FlaskForm):
    """A form of ours as a browser posts it: Flask-WTF would also take JSON and files, which are no text."""

    class Meta(FlaskForm.Meta):
        """Where the fields come from."""

        def wrap_formdata(self, _form: FlaskForm, formdata: Any) -> Any:
            """The fields that were posted; None for a form that is only shown."""
            return request.form if formdata is not None and request.method == "POST" else None


class LongTextField(TextAreaField):
    """A text area whose length is counted as its writer sees it: browsers send two characters for the end of a line."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Take what was sent, each end of a line as one character."""
        super().process_formdata(valuelist)
        if isinstance(self.data, str):
            self.data = self.data.replace("\r\n", "\n")
