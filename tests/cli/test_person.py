"""`colloquy person …`: who it is, all that is stored about them, and how it is erased."""

import json
import zipfile
from pathlib import Path

from lti_app.core.db import Database
from tests.cast import ISSUER, MONDAY, gather_cast
from tests.cli.conftest import Run
from tests.factories.discussions import set_up
from tests.factories.posts import FIRST, write

ANA = ("person", "find", "--issuer", ISSUER, "--user-id", "ana-brandt")


def seed(database_url: str) -> int:
    database = Database.at(database_url)
    with database.writing() as session:
        cast = gather_cast(session, MONDAY)
        write(session, cast.ana, set_up(session, cast.ines, MONDAY), now=MONDAY)
    database.engine.dispose()
    return cast.ana.person_id


def test_from_finding_to_erasing(run: Run, database_url: str, tmp_path: Path):
    person = str(seed(database_url))
    assert run(*ANA).stdout.startswith(f"{person}\t{ISSUER}\tclient-1\tana-brandt\t1 courses")
    told = run("person", "export", person, str(tmp_path / "ana.zip"))
    assert (told.returncode, told.stderr) == (0, "")
    assert (tmp_path / "ana.zip").stat().st_mode & 0o077 == 0
    with zipfile.ZipFile(tmp_path / "ana.zip") as archive:
        rows = json.loads(archive.read("person.json"))
    assert [post["text"] for post in rows["post"]] == [FIRST]
    assert "Nothing has changed yet." in run("person", "erase", person).stdout
    assert run(*ANA).stdout.startswith(person)
    erased = run("person", "erase", person, "--apply")
    assert erased.stdout.endswith("Erased.\n")
    assert run(*ANA).stdout == "Nobody with this user id has come from this LMS.\n"


def test_a_file_that_exists_is_not_overwritten(run_on_sqlite: Run, sqlite_url: str, tmp_path: Path):
    person = seed(sqlite_url)
    (tmp_path / "ana.zip").write_text("mine")
    refused = run_on_sqlite("person", "export", str(person), str(tmp_path / "ana.zip"))
    assert refused.returncode == 1
    assert "Choose another name." in refused.stderr
    assert (tmp_path / "ana.zip").read_text() == "mine"


def test_nobody(run_on_sqlite: Run):
    for arguments in (("export", "7", "x.zip"), ("erase", "7"), ("erase", "7", "--apply")):
        refused = run_on_sqlite("person", *arguments)
        assert (refused.returncode, refused.stdout) == (1, "")
        assert "there is no such person" in refused.stderr
