"""What the server stores is for its user alone, also where the umask would let everybody in."""

import io
import os
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from lti_app import migrations
from lti_app.core.db import Database
from lti_app.core.settings import load_settings
from lti_app.jobs.queue import make_huey
from lti_app.practice_lms.demo import owned
from lti_app.practice_lms.store import Store
from lti_app.storage.folder import FolderStorage
from tests.resilience.processes import SECRET


@pytest.fixture(autouse=True)
def no_umask() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


def open_to_others(folder: Path) -> dict[str, str]:
    """Everything in a folder that others may open, and its mode."""
    modes = {path.relative_to(folder).as_posix(): path.stat().st_mode & 0o777 for path in folder.rglob("*")}
    assert modes, "nothing was stored"
    return {name: oct(mode) for name, mode in modes.items() if mode & 0o077}


def test_database_its_lock_and_its_queue(tmp_path: Path):
    url = f"sqlite:///{tmp_path / 'colloquy.db'}"
    migrations.upgrade(url)
    database = Database.at(url)
    queue = make_huey(load_settings({"COLLOQUY_DATABASE_URL": url, "COLLOQUY_SECRET_KEY": SECRET}))
    with database.writing() as session:
        session.execute(text("CREATE TABLE something (id INTEGER)"))
        names = {path.name for path in tmp_path.iterdir()}
        assert {f"colloquy.db{ending}" for ending in ("", "-wal", "-shm", ".queue", ".upgrading")} <= names
        assert open_to_others(tmp_path) == {}
    queue.storage.close()
    database.engine.dispose()


def test_uploaded_files(tmp_path: Path):
    FolderStorage(tmp_path / "var" / "files").put("0" * 32, io.BytesIO(b"notes"))
    assert open_to_others(tmp_path) == {}


def test_practice_lms_and_demonstration(tmp_path: Path):
    with closing(Store(tmp_path / "practice.db")) as store, store.reading():
        assert open_to_others(tmp_path) == {}
    with owned(tmp_path / "demo"):
        assert (tmp_path / "demo").stat().st_mode & 0o077 == 0
