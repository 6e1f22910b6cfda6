"""What can go wrong with scores for the LMS, on our side."""


class ColumnsInUse(Exception):
    """The columns of the gradebook cannot be changed: grades have gone to them."""
