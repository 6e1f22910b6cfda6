"""Running the `colloquy` command as an operator does, in this process: starting one each time takes seconds."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from lti_app import cli
from tests.resilience.processes import environment

Result = subprocess.CompletedProcess[str]
Run = Callable[..., Result]
Runner = Callable[..., Run]


@pytest.fixture
def runner(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], tmp_path: Path) -> Runner:
    """`runner(DATABASE_URL=…)` is a function that runs one command; further settings win, None takes one away."""

    def with_settings(**settings: str) -> Run:
        def run(*arguments: str, **changed: str | None) -> Result:
            with monkeypatch.context() as patch:
                for name in [name for name in os.environ if name.startswith("COLLOQUY_")]:
                    patch.delenv(name)
                for name, value in environment(**{**settings, **changed}).items():
                    patch.setenv(name, value)
                patch.setattr(sys, "argv", ["colloquy", *arguments])
                patch.chdir(tmp_path)
                capfd.readouterr()
                with pytest.raises(SystemExit) as ended:
                    cli.main()
            printed = capfd.readouterr()
            return Result(["colloquy", *arguments], int(ended.value.code or 0), printed.out, printed.err)

        return run

    return with_settings


@pytest.fixture
def run(runner: Runner, database_url: str) -> Run:
    """`run("keys", "list", BASE_URL=…)` on a migrated database, on every kind."""
    return runner(DATABASE_URL=database_url)


@pytest.fixture
def run_on_sqlite(runner: Runner, sqlite_url: str) -> Run:
    """The same where the kind of database does not matter."""
    return runner(DATABASE_URL=sqlite_url)
