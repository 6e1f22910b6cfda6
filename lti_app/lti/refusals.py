"""What a refused launch says to the person who launched, and to the operator of the connection with the LMS."""

import shlex
from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import lazy_gettext as _

from lti_app.lti.errors import LaunchRefused, RefusalReason


@dataclass(frozen=True)
class RefusalPage:
    """A page in plain words. Many reasons share one, since what a person can do about them is the same."""

    status: int
    title: str
    advice: str
    for_administrators: str = ""


_AGAIN = _("Go back to your course and open the activity again.")

MALFORMED = RefusalPage(
    400,
    _("Your learning platform sent something that Colloquy can’t accept"),
    _(
        "Go back to your course and open the activity again. If you see this page again, give your instructor or "
        "help desk the reference below. The problem is in how the two systems are connected, not in anything you "
        "did."
    ),
    _("The launch message is missing something that LTI 1.3 requires, or has it in a form that is not allowed."),
)
EXPIRED = RefusalPage(
    400,
    _("This link has expired"),
    _(
        "Each link works once, for up to ten minutes. Go back to your course and open the activity again; "
        "reloading this page will not help."
    ),
)
COOKIES = RefusalPage(
    403,
    _("Your browser did not let Colloquy recognize you"),
    _(
        "Go back to your course and open the activity again. If you see this page again, allow cookies for this "
        "site in your browser’s settings or use another browser. Private windows and strict tracking protection "
        "block them."
    ),
)
UNCONNECTED = RefusalPage(
    404,
    _("Your learning platform is not connected to Colloquy yet"),
    _("You can’t fix this yourself. Give your instructor or help desk the reference below."),
    _(
        "No platform is registered with this issuer and client ID. Compare both, character by character, with what "
        "the LMS shows, including a slash at the end. “colloquy platform list” shows the registered platforms."
    ),
)
AMBIGUOUS = RefusalPage(
    400,
    UNCONNECTED.title,
    UNCONNECTED.advice,
    _("The login request has no client_id, and more than one platform is registered with its issuer."),
)
DISABLED = RefusalPage(
    403,
    _("The connection between your learning platform and Colloquy is turned off"),
    UNCONNECTED.advice,
    _("The operator of Colloquy has disabled this platform. “colloquy platform show” shows since when."),
)
DEPLOYMENT = RefusalPage(
    403,
    _("Colloquy is not turned on for this part of your learning platform"),
    UNCONNECTED.advice,
    _("The platform is registered, but this deployment is not. The operator of Colloquy adds it with:"),
)
FOREIGN = RefusalPage(
    400,
    _("This link leads somewhere else"),
    UNCONNECTED.advice,
    _("The target_link_uri of the login request is not an address of this tool. Correct the tool’s URL in the LMS."),
)
UNTRUSTED = RefusalPage(
    401,
    _("Colloquy can’t be sure that your learning platform sent this"),
    MALFORMED.advice,
    _(
        "The message is not signed with a key that the platform publishes, is meant for another client, or answers "
        "another login. Compare the issuer, client ID and key set URL with what the LMS shows."
    ),
)
CLOCK = RefusalPage(
    401,
    _("This link was used too late or too early"),
    MALFORMED.advice,
    _("The times in the message are missing or not current. The clocks of the LMS and this server may disagree."),
)
UNREACHABLE = RefusalPage(
    502,
    _("We could not reach your learning platform"),
    _(
        "Colloquy asked your learning platform to confirm who sent this and did not get a usable answer. Wait a "
        "minute, then go back to your course and open the activity again."
    ),
    _("The platform’s key set URL did not return a JSON Web Key Set with RSA keys in time."),
)
SIGN_IN = RefusalPage(
    400,
    _("Sign in to your learning platform first"),
    _(
        "Colloquy needs to know who you are. Sign in to your learning platform, then open the activity from your "
        "course."
    ),
)
LMS_ERROR = RefusalPage(
    400,
    _("Your learning platform could not open this activity"),
    MALFORMED.advice,
    _("The LMS answered our authentication request with an error. See the log of the LMS for details."),
)
UNSUPPORTED = RefusalPage(
    400,
    _("Colloquy can’t be opened from here"),
    _("Open a discussion from your course page, or add one there as an activity or assignment."),
    _("Colloquy does not support this message type."),
)
DEEP_LINK = RefusalPage(
    400,
    UNSUPPORTED.title,
    UNSUPPORTED.advice,
    _("The deep linking request does not accept LTI resource links, or is missing the course or the return URL."),
)
FOREIGN_RETURN = RefusalPage(
    400,
    UNSUPPORTED.title,
    UNCONNECTED.advice,
    _(
        "The deep_link_return_url is not an https address of this platform, so Colloquy would send its answer "
        "elsewhere. Its host must be one that the registration or the same message names."
    ),
)
NOT_FOR_STUDENTS = RefusalPage(
    403,
    _("Only instructors can add discussions"),
    _("Your role in this course does not allow you to add activities."),
)
NOT_POSTED = RefusalPage(405, _("Open this page from your course"), _AGAIN)
TOO_LARGE = RefusalPage(413, MALFORMED.title, MALFORMED.advice, _("The launch message is too large."))

PAGES: Mapping[RefusalReason, RefusalPage] = {
    RefusalReason.TOO_LARGE: TOO_LARGE,
    RefusalReason.PLATFORM_UNKNOWN: UNCONNECTED,
    RefusalReason.PLATFORM_AMBIGUOUS: AMBIGUOUS,
    RefusalReason.PLATFORM_DISABLED: DISABLED,
    RefusalReason.TARGET_FOREIGN: FOREIGN,
    RefusalReason.STATE_UNKNOWN: EXPIRED,
    RefusalReason.STATE_MISMATCH: UNTRUSTED,
    RefusalReason.COOKIE_MISSING: COOKIES,
    RefusalReason.COOKIE_WRONG: COOKIES,
    RefusalReason.COOKIES_BLOCKED: COOKIES,
    RefusalReason.NOT_POSTED: NOT_POSTED,
    RefusalReason.LMS_ERROR: LMS_ERROR,
    RefusalReason.LMS_SIGN_IN: SIGN_IN,
    RefusalReason.LMS_EXPIRED: EXPIRED,
    RefusalReason.TOKEN_ALGORITHM: UNTRUSTED,
    RefusalReason.TOKEN_KEY_UNNAMED: UNTRUSTED,
    RefusalReason.KEY_UNKNOWN: UNTRUSTED,
    RefusalReason.KEYS_UNREACHABLE: UNREACHABLE,
    RefusalReason.KEYS_UNUSABLE: UNREACHABLE,
    RefusalReason.SIGNATURE: UNTRUSTED,
    RefusalReason.AUDIENCE: UNTRUSTED,
    RefusalReason.ISSUER: UNTRUSTED,
    RefusalReason.NONCE: UNTRUSTED,
    RefusalReason.TIME_MISSING: CLOCK,
    RefusalReason.TIME_MALFORMED: CLOCK,
    RefusalReason.TIME_EXPIRED: CLOCK,
    RefusalReason.TIME_FUTURE: CLOCK,
    RefusalReason.MESSAGE_TYPE_UNKNOWN: UNSUPPORTED,
    RefusalReason.DEPLOYMENT_UNKNOWN: DEPLOYMENT,
    RefusalReason.SUBJECT_MISSING: SIGN_IN,
    RefusalReason.CONTEXT_MISSING: DEEP_LINK,
    RefusalReason.DEEP_LINKING: DEEP_LINK,
    RefusalReason.DEEP_LINKING_RETURN: FOREIGN_RETURN,
    RefusalReason.DEEP_LINKING_ROLE: NOT_FOR_STUDENTS,
}
"""The page of each reason; of those that are not here, MALFORMED."""

LMS_ERRORS: Mapping[str, RefusalReason] = {
    "login_required": RefusalReason.LMS_SIGN_IN,
    "launch_no_longer_valid": RefusalReason.LMS_EXPIRED,
}
"""What an LMS may answer instead of a token, where it means something that a person can act on."""


def page_of(refusal: LaunchRefused) -> RefusalPage:
    """The page to show."""
    return PAGES.get(refusal.reason, MALFORMED)


def command_for(refusal: LaunchRefused) -> str:
    """The command with which the operator can fix the cause; empty if there is none.

    Only for messages with a valid signature: an operator must not be led to paste text from a stranger.
    """
    if refusal.reason is not RefusalReason.DEPLOYMENT_UNKNOWN:
        return ""
    ids = {name: shlex.quote(value) for name, value in refusal.ids.items()}
    options = "--issuer {issuer} --client-id {client_id} --deployment-id {deployment_id}"
    return "colloquy platform add " + options.format(**ids)
