"""One fake tool for all tests of the practice LMS; a fresh LMS, with its own file, for each."""

import logging
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from lti_app.practice_lms import PracticeConfig, create_practice_lms
from lti_app.practice_lms.lms import PracticeLms
from tests.practice_lms.fake_tool import KEYS, FakeTool, running_tool


@pytest.fixture(scope="session")
def served_tool() -> Iterator[FakeTool]:
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    with running_tool() as tool:
        yield tool


@pytest.fixture
def tool(served_tool: FakeTool) -> FakeTool:
    served_tool.key, served_tool.published, served_tool.broken, served_tool.fetches = KEYS[0], [KEYS[0]], None, 0
    return served_tool


@pytest.fixture(scope="session")
def fresh_state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A state file that was only just made: copying it is much faster than making an RSA key for each test."""
    path = tmp_path_factory.mktemp("practice_lms") / "lms.db"
    PracticeLms(PracticeConfig.for_tool("http://localhost:1", path)).close()
    return path


@pytest.fixture
def config(tool: FakeTool, tmp_path: Path, fresh_state: Path) -> PracticeConfig:
    path = Path(shutil.copy(fresh_state, tmp_path / "lms.db"))
    return PracticeConfig.for_tool(tool.url, path, base_url="http://127.0.0.1:8801")


@pytest.fixture
def app(config: PracticeConfig) -> Iterator[Flask]:
    app = create_practice_lms(config)
    app.testing = True
    yield app
    app.extensions["practice_lms"].close()


@pytest.fixture
def lms(app: Flask) -> PracticeLms:
    return app.extensions["practice_lms"]


@pytest.fixture
def visitor(app: Flask) -> FlaskClient:
    return app.test_client()
