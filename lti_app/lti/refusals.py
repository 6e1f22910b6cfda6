"""What a refused launch says to the person who launched, and to the operator of the connection with the LMS."""

import shlex
from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import lazy_gettext as _

from lti_app.lti.errors import LaunchRefused, Reason


@dataclass(frozen=True)
class Page:
    """A page in plain words. Many reasons share one, since what a person can do about them is the same."""

    status: int
    title: str
    advice: str
    for_administrators: str = ""


_AGAIN = _("Go back to your course and open the activity again.")

MALFORMED = Page(
    400,
    _("Your learning site sent something that Colloquy cannot accept"),
    _(
        "Go back to your course and open the activity again. If this page comes back, tell your instructor or help "
        "desk the reference below: the cause lies in how the two systems are connected, not in anything that you did."
    ),
    _("The launch message lacks something that LTI 1.3 requires, or has it in a form that it does not allow."),
)
EXPIRED = Page(
    400,
    _("This opening of the activity has been used up"),
    _(
        "Each opening works once, and for ten minutes. Go back to your course and open the activity again; going back "
        "to this page or reloading it will not help."
    ),
)
COOKIES = Page(
    403,
    _("Your browser did not let Colloquy recognise you"),
    _(
        "Go back to your course and open the activity again. If this page comes back, allow cookies for this site in "
        "your browser's settings, or use another browser: private windows and strict tracking protection block them."
    ),
)
UNCONNECTED = Page(
    404,
    _("Your learning site is not connected to Colloquy yet"),
    _("There is nothing that you can do here yourself. Tell your instructor or help desk the reference below."),
    _(
        "No platform is registered with this issuer and client id. Compare both to the letter, a slash at the end "
        "included, with what the LMS shows; “colloquy platform list” shows those that are registered."
    ),
)
AMBIGUOUS = Page(
    400,
    UNCONNECTED.title,
    UNCONNECTED.advice,
    _("The login request names no client_id, and more than one platform is registered with its issuer."),
)
DISABLED = Page(
    403,
    _("The connection between your learning site and Colloquy is switched off"),
    UNCONNECTED.advice,
    _("The operator of Colloquy has disabled this platform; “colloquy platform show” tells since when."),
)
DEPLOYMENT = Page(
    403,
    _("Colloquy has not been switched on for this part of your learning site"),
    UNCONNECTED.advice,
    _("The platform is registered, but not this deployment of it. The operator of Colloquy adds it with:"),
)
FOREIGN = Page(
    400,
    _("This link leads somewhere else"),
    UNCONNECTED.advice,
    _("The target_link_uri of the login request is no address of this tool. Correct the tool's URL in the LMS."),
)
UNTRUSTED = Page(
    401,
    _("Colloquy cannot be sure that your learning site sent this"),
    MALFORMED.advice,
    _(
        "The message is not signed with a key that the platform publishes, is made out to another client, or answers "
        "another login. Compare issuer, client id and key set URL with what the LMS shows."
    ),
)
CLOCK = Page(
    401,
    _("This opening of the activity came too late or too early"),
    MALFORMED.advice,
    _("The times in the message are missing or not of now. The clocks of the LMS and of this server may disagree."),
)
UNREACHABLE = Page(
    502,
    _("Your learning site could not be reached"),
    _(
        "Colloquy asked your learning site to confirm who sent this, and got no usable answer. Wait a minute, then go "
        "back to your course and open the activity again."
    ),
    _("The platform's key set URL does not answer in time with a JSON Web Key Set that has RSA keys."),
)
SIGN_IN = Page(
    400,
    _("Please sign in to your learning site first"),
    _("Colloquy has to know who you are. Sign in to your learning site, then open the activity from your course."),
)
LMS_ERROR = Page(
    400,
    _("Your learning site did not complete the opening"),
    MALFORMED.advice,
    _("The LMS answered our authentication request with an error. Its own log tells more."),
)
UNSUPPORTED = Page(
    400,
    _("Colloquy cannot be opened from this place"),
    _("Open a discussion from your course page, or add one there as an activity or assignment."),
    _("The message type is none that Colloquy serves."),
)
DEEP_LINK = Page(
    400,
    UNSUPPORTED.title,
    UNSUPPORTED.advice,
    _("The deep linking request does not accept LTI resource links, or names no course or no place to return to."),
)
NOT_FOR_STUDENTS = Page(
    403,
    _("Only instructors add discussions"),
    _("Your part in this course does not include adding activities to it."),
)
NOT_POSTED = Page(405, _("This page opens from your course only"), _AGAIN)
TOO_LARGE = Page(413, MALFORMED.title, MALFORMED.advice, _("The launch message is far larger than any should be."))

PAGES: Mapping[Reason, Page] = {
    Reason.TOO_LARGE: TOO_LARGE,
    Reason.PLATFORM_UNKNOWN: UNCONNECTED,
    Reason.PLATFORM_AMBIGUOUS: AMBIGUOUS,
    Reason.PLATFORM_DISABLED: DISABLED,
    Reason.TARGET_FOREIGN: FOREIGN,
    Reason.STATE_UNKNOWN: EXPIRED,
    Reason.STATE_MISMATCH: UNTRUSTED,
    Reason.COOKIE_MISSING: COOKIES,
    Reason.COOKIE_WRONG: COOKIES,
    Reason.COOKIES_BLOCKED: COOKIES,
    Reason.NOT_POSTED: NOT_POSTED,
    Reason.LMS_ERROR: LMS_ERROR,
    Reason.LMS_SIGN_IN: SIGN_IN,
    Reason.LMS_EXPIRED: EXPIRED,
    Reason.TOKEN_ALGORITHM: UNTRUSTED,
    Reason.TOKEN_KEY_UNNAMED: UNTRUSTED,
    Reason.KEY_UNKNOWN: UNTRUSTED,
    Reason.KEYS_UNREACHABLE: UNREACHABLE,
    Reason.KEYS_UNUSABLE: UNREACHABLE,
    Reason.SIGNATURE: UNTRUSTED,
    Reason.AUDIENCE: UNTRUSTED,
    Reason.ISSUER: UNTRUSTED,
    Reason.NONCE: UNTRUSTED,
    Reason.TIME_MISSING: CLOCK,
    Reason.TIME_MALFORMED: CLOCK,
    Reason.TIME_EXPIRED: CLOCK,
    Reason.TIME_FUTURE: CLOCK,
    Reason.MESSAGE_TYPE_UNKNOWN: UNSUPPORTED,
    Reason.DEPLOYMENT_UNKNOWN: DEPLOYMENT,
    Reason.SUBJECT_MISSING: SIGN_IN,
    Reason.CONTEXT_MISSING: DEEP_LINK,
    Reason.DEEP_LINKING: DEEP_LINK,
    Reason.DEEP_LINKING_ROLE: NOT_FOR_STUDENTS,
}
"""The page of each reason; of those that are not here, MALFORMED."""

LMS_ERRORS: Mapping[str, Reason] = {
    "login_required": Reason.LMS_SIGN_IN,
    "launch_no_longer_valid": Reason.LMS_EXPIRED,
}
"""What an LMS may answer instead of a token, where it means something that a person can act on."""


def page_of(refusal: LaunchRefused) -> Page:
    """The page to show."""
    return PAGES.get(refusal.reason, MALFORMED)


def command_for(refusal: LaunchRefused) -> str:
    """The command with which the operator can fix the cause; empty if there is none.

    Only for messages with a valid signature: an operator must not be led to paste text from a stranger.
    """
    if refusal.reason is not Reason.DEPLOYMENT_UNKNOWN:
        return ""
    ids = {name: shlex.quote(value) for name, value in refusal.ids.items()}
    options = "--issuer {issuer} --client-id {client_id} --deployment-id {deployment_id}"
    return "colloquy platform add " + options.format(**ids)
