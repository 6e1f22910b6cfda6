"""Why a file is refused or cannot be stored. Nothing of such a file stays."""

from lti_app.core.errors import ColloquyError, Refused


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
    """The file begins like a `kind` that is accepted, but its structure is broken."""

    code = "file_broken"


class FileLocked(Refused):
    """It opens only with a password, so that the class could not read it."""

    code = "file_locked"


class FileReadingBusy(Refused):
    """As many files as may be read at once are being read; it may be sent again in a minute."""

    code = "file_reading_busy"


class PictureTooLarge(Refused):
    """It has more than `limit` million pixels."""

    code = "picture_too_large"


class FileTooComplex(Refused):
    """Its elements are nested so deeply that it would take too long to read."""

    code = "file_too_complex"


class ArchiveTooLarge(Refused):
    """It would unpack to far more than it seems."""

    code = "archive_too_large"


class RightsMissing(Refused):
    """The uploader has not said why the file may be shared with the class."""

    code = "rights_missing"


class TooManyFiles(Refused):
    """The person has `limit` files waiting that are attached to nothing."""

    code = "too_many_files"


class StorageFull(ColloquyError):
    """The place where files are stored has no room left (507)."""

    code = "storage_full"


class StorageUnavailable(ColloquyError):
    """The place where files are stored does not answer, or reports an error; it may work later (503)."""

    code = "storage_unavailable"
