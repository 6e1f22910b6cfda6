"""Forms with a text that the editor may have been over."""

from typing import Any, ClassVar

from wtforms import HiddenField

from lti_app.core.rich_reader import is_too_rich, read
from lti_app.core.rich_text import write
from lti_app.discussion.posts.rules.compose import MAX_HTML, plain_of
from lti_app.discussion.posts.rules.formats import Format
from lti_app.web.forms.fields import LongTextField, PostedForm


class ComposedField(LongTextField):
    """A text. Where the editor sent rich text, the text area shows what one would have typed."""

    is_rich = False

    def _value(self) -> str:
        return plain_of(self.data) if self.is_rich and self.data else str(self.data or "")

    @property
    def plain(self) -> str:
        """What one would have typed."""
        return plain_of(self.data or "") if self.is_rich else self.data or ""

    @property
    def is_too_complex(self) -> bool:
        """Whether its formatting is nested so deeply that only its words can be read."""
        return self.is_rich and is_too_rich(self.data or "")

    def is_longer_than(self, limit: int) -> bool:
        """Rich text may be longer with its markup, but not without."""
        return (self.is_rich and len(self.data or "") > MAX_HTML) or len(self.plain) > limit


class RichTextForm(PostedForm):
    """A form with one such field."""

    rich_field: ClassVar[str] = "text"
    format = HiddenField(default=Format.TEXT.value)
    """Set by the editor alone, so that one knows which of the two was sent."""
    begun_html: str = ""
    """What the editor begins with where the text area shows the words alone."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.is_rich = self.format.data == Format.HTML.value
        self[self.rich_field].is_rich = self.is_rich
        self.format.data = Format.TEXT.value  # until the editor is there again

    @property
    def rich_text(self) -> str:
        """What the editor begins with; empty where the text is plain."""
        return write(read(self[self.rich_field].data or "")) if self.is_rich else self.begun_html
