"""The valid launches of the certification guide, 6.1.2 and 6.1.3: the same nine for teachers and students."""

from typing import Any

from tests.lti.fake_lms import ABSENT, MEMBERSHIP

NO_NAMES: dict[str, Any] = {"name": ABSENT, "given_name": ABSENT, "family_name": ABSENT}


def valid_launches(role: str) -> dict[str, dict[str, Any]]:
    """What each of the nine changes in a normal launch, by its name in the guide; and by `_role` what we make of it."""
    full = f"{MEMBERSHIP}#{role}"
    others = ["http://purl.imsglobal.org/vocab/lis/v2/institution/person#Student", f"{MEMBERSHIP}#Member"]
    return {
        "valid_launch": {"roles": [full]},
        "valid_launch_with_multiple_roles": {"roles": [others[0], full, others[1]]},
        "valid_launch_with_short_role": {"roles": [role]},
        "valid_launch_with_unknown_role": {"roles": [full, f"{MEMBERSHIP}#Unknown", "http://example.org/unknown#Role"]},
        "valid_launch_with_no_role": {"roles": []},
        "valid_launch_email_only": {"roles": [full], "email": "person@school.example", **NO_NAMES},
        "valid_launch_names_only": {"roles": [full], "name": "Ana Abel", "given_name": "Ana", "family_name": "Abel"},
        "valid_launch_no_pii": {"roles": [full], **NO_NAMES},
        "valid_launch_email_without_context": {
            "roles": [full],
            "email": "person@school.example",
            "context": ABSENT,
            **NO_NAMES,
        },
    }
