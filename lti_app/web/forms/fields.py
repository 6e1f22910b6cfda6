"""Fields that more than one area uses."""

from typing import Any

from wtforms import TextAreaField


class LongTextField(TextAreaField):
    """A text area whose length is counted as its writer sees it: browsers send two characters for the end of a line."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Take what was sent, each end of a line as one character."""
        super().process_formdata(valuelist)
        if isinstance(self.data, str):
            self.data = self.data.replace("\r\n", "\n")
