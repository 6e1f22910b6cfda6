"""What its reader is told of a mail that came back."""

from lti_app.core.wording import Phrase, phrase

_REASONS = {
    "5.1.1": phrase("The mail server there reports that this mailbox does not exist."),
    "5.1.2": phrase("The mail server reports that this domain does not exist."),
    "5.1.6": phrase("The mail server there reports that this mailbox has moved."),
    "5.1.10": phrase("The domain of this address takes no mail."),
    "5.2.1": phrase("The mail server there reports that this mailbox is turned off."),
    "5.2.2": phrase("The mail server there reports that this mailbox is full."),
}
_POLICY = phrase("The mail server there does not let our mail in.")
_OTHER = phrase("The mail server there reports error %(status)s.")


def bounce_reason(status: str) -> Phrase:
    """Why mail came back, by its enhanced status code."""
    if status.startswith("5.7."):
        return _POLICY
    return _REASONS.get(status) or _OTHER.with_values(status=status)
