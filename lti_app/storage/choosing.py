"""Which storage the settings ask for."""

from pathlib import Path
from typing import TYPE_CHECKING

from lti_app.core.later import LaterModule
from lti_app.core.settings import Settings
from lti_app.library.files.ports import Storage
from lti_app.storage.folder import FolderStorage

if TYPE_CHECKING:
    from lti_app.storage import bucket
else:
    bucket = LaterModule("lti_app.storage.bucket")


def make_storage(settings: Settings) -> Storage:
    """A bucket where COLLOQUY_FILES begins with s3://, else a folder."""
    if not settings.files.startswith("s3://"):
        return FolderStorage(Path(settings.files))
    secret = settings.bucket_secret_key.get_secret_value() if settings.bucket_secret_key else ""
    return bucket.BucketStorage.at(
        settings.files,
        endpoint=settings.bucket_endpoint,
        region=settings.bucket_region,
        access_key_id=settings.bucket_access_key,
        secret_access_key=secret,
    )
