"""A wrong setting stops every command with its name, and nothing else is said."""

from pathlib import Path

import pytest

from tests.cli.conftest import Run, Runner

COMMANDS = [("serve",), ("worker",), ("upgrade",), ("platform", "list"), ("keys", "list")]
WRONG = [
    ("SECRET_KEY", None),
    ("SECRET_KEY", "short"),
    ("BASE_URL", "nowhere"),
    ("DATABASE_URL", "mysql://somewhere/colloquy"),
    ("REDIS_URL", "http://cache"),
    ("TRUSTED_PROXIES", "two"),
    ("DATABASE_URL", "postgresql://db:port/colloquy"),
    ("REDIS_URL", "redis://cache:port"),
]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_each_command_names_the_setting(run_on_sqlite: Run, command: tuple[str, ...]):
    result = run_on_sqlite(*command, SECRET_KEY="short")
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.startswith("colloquy: COLLOQUY_SECRET_KEY ")
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(("name", "value"), WRONG)
def test_each_setting_is_named(run_on_sqlite: Run, name: str, value: str | None):
    result = run_on_sqlite("upgrade", **{name: value})
    assert result.returncode == 2
    (line,) = result.stderr.splitlines()
    assert line.startswith(f"colloquy: COLLOQUY_{name} ")
    assert f". Example: COLLOQUY_{name}=" in line


def test_all_wrong_settings_are_named_at_once(run_on_sqlite: Run):
    result = run_on_sqlite("serve", SECRET_KEY="short", BASE_URL="nowhere", REDIS_URL="http://cache")
    names = [line.split()[1] for line in result.stderr.splitlines()]
    assert names == ["COLLOQUY_BASE_URL", "COLLOQUY_REDIS_URL", "COLLOQUY_SECRET_KEY"]


def test_settings_from_a_file(runner: Runner, tmp_path: Path, sqlite_url: str):
    (tmp_path / "colloquy.env").write_text(
        f"# settings\nCOLLOQUY_DATABASE_URL={sqlite_url}\nCOLLOQUY_SECRET_KEY={'k' * 40}\n"
    )
    run = runner(SETTINGS_FILE=str(tmp_path / "colloquy.env"), SECRET_KEY=None)
    assert run("platform", "list").returncode == 0
    missing = run("platform", "list", SETTINGS_FILE=str(tmp_path / "nothing.env"))
    assert (missing.returncode, missing.stderr.split()[1]) == (2, "COLLOQUY_SETTINGS_FILE")


def test_database_that_was_never_upgraded_is_told_plainly(runner: Runner, empty_database_url: str):
    run = runner(DATABASE_URL=empty_database_url)
    for command in (("platform", "list"), ("keys", "list"), ("keys", "rotate")):
        result = run(*command)
        assert result.returncode == 1
        assert len(result.stderr.splitlines()) == 1
        assert "`colloquy upgrade`" in result.stderr


def test_database_that_cannot_be_reached_is_told_plainly(runner: Runner):
    run = runner(DATABASE_URL="postgresql://colloquy@127.0.0.1:1/colloquy")
    for command in (("serve",), ("worker",), ("platform", "list"), ("upgrade",)):
        result = run(*command)
        assert result.returncode == 1
        assert "Traceback" not in result.stderr
        assert result.stderr.startswith("colloquy: the database ")
