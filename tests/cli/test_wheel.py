"""The built wheel, installed where there is no checkout, has all that a demonstration needs."""

import os
import re
import signal
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urljoin

import pytest
import requests

from tests.architecture.tree import ROOT
from tests.resilience.processes import environment, free_port
from tests.resilience.visitor import Visitor

pytestmark = pytest.mark.programs
PIP = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input")


@pytest.fixture(scope="module")
def colloquy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The command of an environment with the wheel, into which nothing was downloaded: the other packages are ours.

    They are on its path without the `.pth` files among them, so that the checkout is not.
    """
    folder = tmp_path_factory.mktemp("wheel")
    run(*PIP, "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir", str(folder), str(ROOT))
    run(sys.executable, "-m", "venv", "--without-pip", str(folder / "venv"))
    python = folder / "venv" / "bin" / "python"
    (wheel,) = folder.glob("*.whl")
    run(*PIP, "--python", str(python), "install", "--quiet", "--no-deps", "--no-index", str(wheel))
    (site_packages,) = folder.glob("venv/lib/python*/site-packages")
    (site_packages / "packages.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return python.with_name("colloquy")


@pytest.fixture
def demonstration(colloquy: Path, tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """`colloquy demo`, started in an empty folder, and the address that it names."""
    ports = ["--tool-port", str(free_port()), "--lms-port", str(free_port())]
    child = subprocess.Popen(
        [str(colloquy), "demo", *ports],
        cwd=tmp_path,
        env=environment() | {"HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path / "data")},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        yield child, address_named_by(child)
    finally:
        child.terminate()
        child.communicate(timeout=60)


def run(*command: str) -> None:
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr


def address_named_by(child: subprocess.Popen[str]) -> str:
    said = ""
    assert child.stdout
    while "Ctrl-C" not in said:
        line = child.stdout.readline()
        assert line, f"ended early: {said}"
        said += line
    return next(word for word in said.split() if word.startswith("http://"))


def test_it_is_the_wheel_that_is_tried(colloquy: Path, tmp_path: Path):
    show = "import lti_app; print(lti_app.__path__[0])"
    python = str(colloquy.with_name("python"))
    found = subprocess.run(
        [python, "-c", show], cwd=tmp_path, capture_output=True, text=True, check=True
    ).stdout.strip()
    assert Path(found).is_relative_to(colloquy.parents[1])
    assert not Path(found, "frontend").exists()


def test_it_demonstrates_without_a_checkout(demonstration, tmp_path: Path):
    child, lms = demonstration
    assert "Week 3" in requests.get(lms, timeout=20).text
    visitor = Visitor(lms.rstrip("/"), "f194ddc4-5bb4-49cf-9eb3-d61f64e082ca")
    opened = visitor.follow(visitor.launch())
    assert opened.status_code == 200
    assert "Zaleznik" in opened.text
    style_sheet = re.search(r'href="([^"]+/main-[^"]+\.css)"', opened.text)[1]
    assert visitor.send("GET", urljoin(opened.url, style_sheet)).status_code == 200
    german = requests.get(urljoin(opened.url, "/nowhere"), headers={"Accept-Language": "de"}, timeout=20).text
    assert '<html lang="de"' in german
    visitor.close()
    assert (tmp_path / "data" / "colloquy-demo" / "colloquy.db").exists()
    child.send_signal(signal.SIGINT)
    assert child.wait(60) == 0
    assert os.listdir(tmp_path) == ["data"]
