"""What can go wrong with a group."""

from lti_app.core.errors import Refused


class GroupNameless(Refused):
    """A group has no name."""

    code = "group_nameless"


class GroupNameTaken(Refused):
    """Another group made here is called the same."""

    code = "group_name_taken"


class GroupInUse(Refused):
    """Posts or dates refer to the group, so that it cannot go."""

    code = "group_in_use"


class NobodyToSplit(Refused):
    """There are no students to put into groups."""

    code = "nobody_to_split"
