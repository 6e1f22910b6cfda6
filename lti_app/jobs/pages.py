"""Reading the files of readings page by page, so that a citation can show what it cites."""

import threading
from dataclasses import dataclass

import structlog

from lti_app.core.db import Database
from lti_app.library.files.errors import FileLocked, FileReadingBusy, StorageUnavailable
from lti_app.library.files.ports import Storage
from lti_app.library.files.queries import FileView, read_pages
from lti_app.library.files.rules import MediaType, paragraphs_of
from lti_app.library.readings.actions.pages import store_pages
from lti_app.library.readings.queries import FiledReading, list_unread_files

log = structlog.get_logger()


@dataclass
class PageReader:
    """Reads the files that readings have and whose pages are not stored yet.

    Which those are is read from the tables, so that a run that was killed is continued by the next one.
    """

    database: Database
    storage: Storage
    stopping: threading.Event

    def read_new(self) -> None:
        """Go through all of them once, one by one; no transaction is open while a file is read."""
        after = 0
        while not self.stopping.is_set():
            with self.database.read() as session:
                unread = list_unread_files(session, after=after, limit=1)
            if not unread:
                return
            self._read(unread[0])
            after = unread[0].id

    def _read(self, reading: FiledReading) -> None:
        if reading.file is None:
            return
        try:
            pages = self._pages_of(reading.file, reading.first_page)
        except (FileReadingBusy, StorageUnavailable):
            return  # the next sweep comes to it
        with self.database.writing() as session:
            is_stored = store_pages(session, reading.id, reading.file.id, pages)
        log.info("pages_read", reading_id=reading.id, pages=len(pages), stored=is_stored)

    def _pages_of(self, file: FileView, first_page: int) -> list[tuple[str, str]]:
        """The label and the text of each page; of a document without pages, of each paragraph."""
        if file.media_type is MediaType.HTML:
            with self.storage.open(file.key) as stream:
                texts = paragraphs_of(stream.read().decode())
            return [(str(number), text) for number, text in enumerate(texts, 1)]
        try:
            return read_pages(self.storage, file, first_page)
        except FileLocked:
            return []
