"""What can be wrong with a whole import file."""

from lti_app.core.errors import Refused


class FileRefused(Refused):
    """Nothing of the file can be used. `code` says why; `data` fills the sentence, with the line where it is known."""

    code = "file_refused"
