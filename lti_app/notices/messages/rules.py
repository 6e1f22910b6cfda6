"""What a message may be."""

from dataclasses import dataclass

from lti_app.core.prose import clean_text
from lti_app.notices.messages.errors import MessageEmpty, MessageTooLong

MAX_SUBJECT = 150
MAX_TEXT = 5000
"""Characters."""
MAX_RECIPIENTS = 5000


@dataclass(frozen=True)
class MessageContent:
    """A message to students, in plain text."""

    subject: str
    text: str


def clean_message(written: MessageContent) -> MessageContent:
    """The message in its stored form; raises MessageEmpty and MessageTooLong. The subject may be empty."""
    subject, text = " ".join(clean_text(written.subject).split()), clean_text(written.text)
    if not text:
        raise MessageEmpty
    for field, value, limit in (("subject", subject, MAX_SUBJECT), ("text", text, MAX_TEXT)):
        if len(value) > limit:
            raise MessageTooLong(field=field, limit=limit)
    return MessageContent(subject, text)
