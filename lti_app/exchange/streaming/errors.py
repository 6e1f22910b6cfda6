"""What can go wrong with the settings of an activity stream."""

from typing import Final

from lti_app.core.errors import Refused


class StreamSettingsRefused(Refused):
    """An activity stream that cannot be set up so. The message says which value is wrong and what it must be."""

    def __init__(self, message: str) -> None:
        super().__init__("activity_stream", message=message)
        self.message: Final = message

    def __str__(self) -> str:
        return self.message
