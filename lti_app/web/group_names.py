"""What pages call a group."""

from typing import Protocol

from flask_babel import gettext as _

from lti_app.course.groups.rules import GroupKind


class NamedGroup(Protocol):
    """Anything that tells the name of a group."""

    @property
    def kind(self) -> GroupKind | None:
        """Where the group comes from."""

    @property
    def name(self) -> str:
        """Empty where only the number is known."""

    @property
    def number(self) -> str:
        """What the LMS knows the group by."""


def group_name(group: NamedGroup) -> str:
    """The name of a group; its number until somebody has entered a name."""
    if group.name or not group.number:
        return group.name
    if group.kind is GroupKind.LMS_SECTION:
        return str(_("Section %(number)s", number=group.number))
    return str(_("Group %(number)s", number=group.number))
