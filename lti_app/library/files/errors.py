"""Why a file is not taken. Nothing of it is kept then."""

from lti_app.core.errors import Refused


class FileEmpty(Refused):
    """There is nothing in it."""

    code = "file_empty"


class FileTooLarge(Refused):
    """It has more than `limit` bytes."""

    code = "file_too_large"


class FileTypeRefused(Refused):
    """What is in it is none of the `kinds` that are taken here, whatever its name says."""

    code = "file_type"


class FileBroken(Refused):
    """It begins as a `kind` that we take but is not built as one."""

    code = "file_broken"


class PictureTooLarge(Refused):
    """It has more than `limit` million pixels."""

    code = "picture_too_large"


class ArchiveTooLarge(Refused):
    """It would unpack to far more than it seems."""

    code = "archive_too_large"


class RightsMissing(Refused):
    """Nobody has said why it may be shared with a class."""

    code = "rights_missing"


class TooManyFiles(Refused):
    """The person has `limit` files waiting that are attached to nothing."""

    code = "too_many_files"
