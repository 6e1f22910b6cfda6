"""What can go wrong with references."""

from lti_app.core.errors import ColloquyError


class DoiUnknown(ColloquyError):
    """The registry knows of no work with this DOI."""

    code = "doi_unknown"


class DoiUnreachable(ColloquyError):
    """The registry did not answer in time, answered what cannot be used, or may not be asked."""

    code = "doi_unreachable"
