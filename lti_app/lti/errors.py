"""Why a launch is refused, and what can be wrong with a registration."""

from enum import StrEnum
from typing import Final

from lti_app.core.errors import Refused


class RefusalReason(StrEnum):
    """Why a launch was refused, as written to the log. Values are stable: operators search for them."""

    # the login request (unsigned: everything in it may be forged)
    PARAMETER_MISSING = "parameter_missing"
    PARAMETER_DUPLICATE = "parameter_duplicate"
    PARAMETER_TOO_LONG = "parameter_too_long"
    PARAMETER_MALFORMED = "parameter_malformed"
    TOO_LARGE = "too_large"
    PLATFORM_UNKNOWN = "platform_unknown"
    PLATFORM_AMBIGUOUS = "platform_ambiguous"
    PLATFORM_DISABLED = "platform_disabled"
    TARGET_FOREIGN = "target_foreign"
    # the state and the browser that carries it
    STATE_UNKNOWN = "state_unknown"
    STATE_MISMATCH = "state_mismatch"
    COOKIE_MISSING = "cookie_missing"
    COOKIE_WRONG = "cookie_wrong"
    COOKIES_BLOCKED = "cookies_blocked"
    # the platform's answer
    NOT_POSTED = "not_posted"
    LMS_ERROR = "lms_error"
    LMS_SIGN_IN = "lms_sign_in"
    LMS_EXPIRED = "lms_expired"
    TOKEN_MISSING = "token_missing"
    TOKEN_FORMAT = "token_format"
    TOKEN_ALGORITHM = "token_algorithm"
    TOKEN_KEY_UNNAMED = "token_key_unnamed"
    KEY_UNKNOWN = "key_unknown"
    KEYS_UNREACHABLE = "keys_unreachable"
    KEYS_UNUSABLE = "keys_unusable"
    SIGNATURE = "signature"
    AUDIENCE = "audience"
    ISSUER = "issuer"
    NONCE = "nonce"
    TIME_MISSING = "time_missing"
    TIME_MALFORMED = "time_malformed"
    TIME_EXPIRED = "time_expired"
    TIME_FUTURE = "time_future"
    # the claims
    VERSION = "version"
    MESSAGE_TYPE = "message_type"
    MESSAGE_TYPE_UNKNOWN = "message_type_unknown"
    DEPLOYMENT = "deployment"
    DEPLOYMENT_UNKNOWN = "deployment_unknown"
    TARGET = "target"
    SUBJECT_MISSING = "subject_missing"
    SUBJECT = "subject"
    ROLES = "roles"
    CONTEXT = "context"
    CONTEXT_MISSING = "context_missing"
    RESOURCE_LINK = "resource_link"
    DEEP_LINKING = "deep_linking"
    DEEP_LINKING_ROLE = "deep_linking_role"
    DEEP_LINKING_DATA = "deep_linking_data"
    DEEP_LINKING_RETURN = "deep_linking_return"


class LaunchRefused(Exception):
    """A login or launch that we do not accept. `ids` go into the log and to the administrator: no personal data."""

    def __init__(self, reason: RefusalReason, **ids: str) -> None:
        self.reason: Final = reason
        self.ids: Final = ids
        super().__init__(reason.value)


class RegistrationRefused(Refused):
    """A registration that cannot be stored. The message says which value is wrong and what it must be."""

    def __init__(self, message: str) -> None:
        super().__init__("registration", message=message)
        self.message: Final = message

    def __str__(self) -> str:
        return self.message
