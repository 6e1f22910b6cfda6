"""The demonstration's processes, with a stand-in for the tool's command."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests
from click.testing import CliRunner

from lti_app.practice_lms import demo
from lti_app.practice_lms.supervisor import DemoError, Supervisor, check_port
from tests.resilience.processes import free_port

pytestmark = pytest.mark.programs
STAND_IN = """#!{python}
import http.server, os, pathlib, sys
here = pathlib.Path(__file__).parent
with (here / "calls").open("a") as calls:
    calls.write(" ".join(sys.argv[1:]) + "\\n")
if sys.argv[1] == (here / "fails").read_text():
    sys.exit("the stand-in fails on purpose")
if sys.argv[1] == "upgrade":
    pathlib.Path(os.environ["COLLOQUY_DATABASE_URL"].removeprefix("sqlite:///")).touch()
if sys.argv[1] == "serve":
    assert "COLLOQUY_REDIS_URL" not in os.environ
    assert len(pathlib.Path(os.environ["COLLOQUY_SECRET_KEY_FILE"]).read_text()) >= 32
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200 if self.path == "/healthz" else 404)
            self.end_headers()
        def log_message(self, *_):
            pass
    http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[-1])), Handler).serve_forever()
"""


@pytest.fixture
def stand_in(tmp_path: Path) -> Path:
    command = tmp_path / "bin" / "colloquy"
    command.parent.mkdir()
    command.write_text(STAND_IN.format(python=sys.executable))
    command.chmod(0o755)
    command.with_name("fails").write_text("nothing")
    return command


@contextmanager
def started(plan: demo.Demo) -> Iterator[subprocess.Popen[str]]:
    """The demonstration in a process of its own; ended at the end if it still runs."""
    code = (
        "import sys, pathlib; from lti_app.practice_lms import demo; "
        "stand_in = sys.argv.pop(1); demo.find_colloquy = lambda: stand_in; demo.main()"
    )
    ports = ["--tool-port", str(plan.tool_port), "--lms-port", str(plan.lms_port)]
    command = [sys.executable, "-c", code, plan.colloquy, "--data", str(plan.data), *ports]
    environment = os.environ | {"COLLOQUY_REDIS_URL": "redis://must.not.leak/"}
    child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)
    try:
        yield child
    finally:
        child.terminate()
        child.communicate(timeout=60)


@pytest.fixture
def plan(stand_in: Path, tmp_path: Path) -> demo.Demo:
    return demo.Demo(tmp_path / "data", free_port(), free_port(), str(stand_in))


def read_until_open(child: subprocess.Popen[str]) -> str:
    text = ""
    assert child.stdout
    while "Ctrl-C" not in text:
        line = child.stdout.readline()
        assert line, f"ended early: {text} {child.stderr.read() if child.stderr else ''}"
        text += line
    return text


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_starts_both_names_one_address_and_ends_both(stand_in: Path, plan: demo.Demo, number: int) -> None:
    with started(plan) as child:
        text = read_until_open(child)
        assert re.findall(r"https?://\S+", text) == [f"{plan.lms_url}/"]
        assert "Week 3" in requests.get(plan.lms_url, timeout=10).text
        calls = stand_in.with_name("calls").read_text().splitlines()
        assert [call.split()[0] for call in calls] == ["upgrade", "platform", "seed-demo", "serve"]
        assert f"--issuer {plan.lms_url} --client-id practice-client --deployment-id practice-1" in calls[1]
        assert f"--jwks-url {plan.lms_url}/jwks" in calls[1]
        assert (plan.data / "secret-key").stat().st_mode & 0o777 == 0o600
        child.send_signal(number)
        assert child.wait(60) == 0
        for port in (plan.tool_port, plan.lms_port):
            check_port(port, "a test", "--port")


def test_a_second_start_prepares_only_what_has_changed(stand_in: Path, plan: demo.Demo) -> None:
    def start() -> list[str]:
        calls = stand_in.with_name("calls")
        calls.write_text("")
        with started(plan) as child:
            read_until_open(child)
        return [call.split()[0] for call in calls.read_text().splitlines()]

    everything = ["upgrade", "platform", "seed-demo", "serve"]
    assert start() == everything
    secret = (plan.data / "secret-key").read_text()
    assert start() == ["serve"]
    assert (plan.data / "secret-key").read_text() == secret
    (plan.data / "prepared").write_text("of an earlier version")
    assert start() == everything


@pytest.mark.parametrize("step", ["upgrade", "seed-demo", "serve"])
def test_a_command_that_fails_ends_everything_with_its_output(stand_in: Path, plan: demo.Demo, step: str) -> None:
    stand_in.with_name("fails").write_text(step)
    with started(plan) as child:
        _, errors = child.communicate(timeout=60)
        assert child.returncode == 1
        assert "the stand-in fails on purpose" in errors
        assert "Traceback" not in errors
        check_port(plan.lms_port, "a test", "--port")


def test_a_child_that_dies_later_ends_everything(tmp_path: Path) -> None:
    stays = [sys.executable, "-c", "import time; time.sleep(60)"]
    dies = [sys.executable, "-c", "print('last words', flush=True); raise SystemExit(3)"]
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}

    def supervise() -> None:
        with Supervisor(tmp_path, os.environ) as supervisor:
            supervisor.start("Staying", stays)
            supervisor.start("Dying", dies)
            supervisor.watch()

    begun = time.monotonic()
    try:
        with pytest.raises(DemoError, match=r"(?s)Dying ended unexpectedly \(exit status 3\).*last words"):
            supervise()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    assert time.monotonic() - begun < 50


def test_a_busy_port_is_named_and_explained() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(DemoError, match=rf"Port {port}, which the tool needs.*\n.*--tool-port"):
            check_port(port, "the tool", "--tool-port")


def test_reset_deletes_only_what_is_ours(tmp_path: Path) -> None:
    def run(path: Path) -> tuple[int, str]:
        result = CliRunner().invoke(demo.main, ["--reset", "--data", str(path)])
        return result.exit_code, result.output

    ours, foreign = tmp_path / "ours", tmp_path / "foreign"
    with demo.owned(ours):
        (ours / "colloquy.db").write_text("x")
        assert "already running" in run(ours)[1]
    assert run(ours)[0] == 0
    assert not ours.exists()
    assert run(ours)[0] == 0
    foreign.mkdir()
    (foreign / "thesis.txt").write_text("x")
    assert run(foreign)[0] == 1
    assert (foreign / "thesis.txt").exists()


def test_a_missing_tool_command_is_explained(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    result = CliRunner().invoke(demo.main, ["--data", str(tmp_path / "data")])
    assert result.exit_code == 1
    assert "make demo" in result.output
    shutil.rmtree(tmp_path / "data")


def test_its_data_go_where_a_user_keeps_data_if_there_is_no_checkout(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert demo.default_data() == Path(demo.__file__).parents[2] / "demo-data"
    monkeypatch.setattr(demo, "PACKAGE", tmp_path / "site-packages" / "lti_app")
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_DATA_HOME", "relative")
    assert demo.default_data() == tmp_path / ".local" / "share" / "colloquy-demo"
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    assert demo.default_data() == tmp_path / "data" / "colloquy-demo"
