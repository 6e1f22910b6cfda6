"""What the server stores is for its user alone, also where the umask would let everybody in."""

import io
import os
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import text

from lti_app import migrations
from lti_app.cli import cli
from lti_app.core.db import Database
from lti_app.core.settings import Settings, load_settings
from lti_app.jobs.queue import make_huey
from lti_app.practice_lms.demo import owned
from lti_app.practice_lms.store import Store
from lti_app.storage.folder import FolderStorage
from lti_app.storage.private import make_private
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


@pytest.fixture
def made_before(tmp_path: Path) -> Settings:
    """What an earlier version has left behind, open to everybody; and files of other programs beside it."""
    url, files = f"sqlite:///{tmp_path / 'colloquy.db'}", tmp_path / "files"
    migrations.upgrade(url)
    FolderStorage(files).put("0" * 32, io.BytesIO(b"notes"))
    for ending in ("-wal", "-shm", ".queue", ".queue-wal", ".queue-shm"):
        (tmp_path / f"colloquy.db{ending}").touch()
    for path in (files, *tmp_path.rglob("*")):
        path.chmod(0o777 if path.is_dir() else 0o666)
    return load_settings({"COLLOQUY_DATABASE_URL": url, "COLLOQUY_SECRET_KEY": SECRET, "COLLOQUY_FILES": str(files)})


def test_what_was_made_before_becomes_private_at_the_start(tmp_path: Path, made_before: Settings):
    files = tmp_path / "files"
    files.chmod(0o755)
    others = [tmp_path / "other.txt", files / "README"]
    for path in others:
        path.write_text("not ours", encoding="utf-8")
        path.chmod(0o644)
    found = make_private(made_before)
    assert len(found) == 9
    assert all(each.is_private_now for each in found)
    assert {*open_to_others(tmp_path)} == {"files", "files/README", "other.txt"}
    assert make_private(made_before) == []


def test_a_link_that_leads_elsewhere_is_left_alone(tmp_path: Path, made_before: Settings):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir(mode=0o755)
    (tmp_path / "files" / "ab").symlink_to(elsewhere)
    make_private(made_before)
    assert elsewhere.stat().st_mode & 0o777 == 0o755


def test_files_of_other_users_are_told(made_before: Settings, monkeypatch: pytest.MonkeyPatch):
    def refuse(_path: Path, _mode: int) -> None:
        raise PermissionError

    monkeypatch.setattr(Path, "chmod", refuse)
    found = make_private(made_before)
    assert found
    assert not any(each.is_private_now for each in found)


def test_commands_say_what_was_open(tmp_path: Path, made_before: Settings, monkeypatch: pytest.MonkeyPatch):
    for name, value in (
        ("DATABASE_URL", made_before.database_url),
        ("FILES", made_before.files),
        ("SECRET_KEY", SECRET),
    ):
        monkeypatch.setenv(f"COLLOQUY_{name}", value)
    result = CliRunner().invoke(cli, ["upgrade"])
    assert f"others on this machine could open {tmp_path / 'colloquy.db'}. It is private now." in result.stderr
    assert CliRunner().invoke(cli, ["upgrade"]).stderr == ""


def test_practice_lms_and_demonstration(tmp_path: Path):
    (tmp_path / "practice.db").touch(mode=0o666)
    with closing(Store(tmp_path / "practice.db")) as store, store.reading():
        assert open_to_others(tmp_path) == {}
    with owned(tmp_path / "demo"):
        assert (tmp_path / "demo").stat().st_mode & 0o077 == 0
