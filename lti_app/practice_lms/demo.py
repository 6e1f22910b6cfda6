"""Colloquy and a practice LMS with a seeded course, for trying out.

Prepares a SQLite database, registers the practice LMS with the tool, seeds the course, starts both, and ends both.
`colloquy demo` and, in a checkout, `make demo` run it.
"""

import fcntl
import hashlib
import os
import secrets
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import available_timezones

import click
from babel.dates import LOCALTZ

from lti_app.practice_lms.config import CLIENT_ID, DEPLOYMENT_ID, default_course_file
from lti_app.practice_lms.supervisor import DemoError, Interrupted, Supervisor, check_port

MARKER = ".colloquy-demo"
PACKAGE = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Demo:
    """The data folder of the demonstration, and the addresses of its two servers."""

    data: Path
    tool_port: int
    lms_port: int
    colloquy: str

    @property
    def tool_url(self) -> str:
        """Origin of the tool; another site than the LMS, as it will be in life."""
        return f"http://localhost:{self.tool_port}"

    @property
    def lms_url(self) -> str:
        """Origin and issuer of the practice LMS."""
        return f"http://127.0.0.1:{self.lms_port}"

    @property
    def mail_port(self) -> int:
        """Where the practice LMS takes the mail of the tool."""
        return self.lms_port + 1

    @property
    def registration(self) -> list[str]:
        """The options by which the tool's commands name this LMS."""
        return ["--issuer", self.lms_url, "--client-id", CLIENT_ID, "--deployment-id", DEPLOYMENT_ID]

    def environment(self) -> dict[str, str]:
        """Return the environment of the tool: settings of a surrounding installation must not leak in."""
        clean = {name: value for name, value in os.environ.items() if not name.startswith("COLLOQUY_")}
        return clean | {
            "COLLOQUY_BASE_URL": self.tool_url,
            "COLLOQUY_DATABASE_URL": f"sqlite:///{self.data / 'colloquy.db'}",
            "COLLOQUY_FILES": str(self.data / "files"),
            "COLLOQUY_SECRET_KEY_FILE": str(self._secret_file()),
            "COLLOQUY_SMTP_HOST": "127.0.0.1",
            "COLLOQUY_SMTP_PORT": str(self.mail_port),
            "COLLOQUY_SMTP_TLS": "none",
            "COLLOQUY_MAIL_FROM": "Colloquy <colloquy@example.edu>",
            "COLLOQUY_DEFAULT_TIME_ZONE": _local_zone(),
            "PYTHONUNBUFFERED": "1",
        }

    def _secret_file(self) -> Path:
        path = self.data / "secret-key"
        if not path.exists():
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(secrets.token_urlsafe(48))
        return path

    def preparations(self) -> list[tuple[str, list[str]]]:
        """Return the commands that make the database ready; each may be run again without harm."""
        addresses = [
            *("--auth-login-url", f"{self.lms_url}/auth"),
            *("--auth-token-url", f"{self.lms_url}/token"),
            *("--jwks-url", f"{self.lms_url}/jwks"),
        ]
        return [
            ("Database upgrade", [self.colloquy, "upgrade"]),
            ("Platform registration", [self.colloquy, "platform", "add", *self.registration, *addresses]),
            ("Course seeding", [self.colloquy, "seed-demo", *self.registration]),
        ]

    def lms_command(self) -> list[str]:
        """Return the command that serves the practice LMS."""
        options = ["--port", str(self.lms_port), "--tool-url", self.tool_url, "--mail-port", str(self.mail_port)]
        state = ["--state", str(self.data / "practice-lms.db")]
        program = [sys.executable, "-P", "-m", "lti_app.practice_lms"]
        return [*program, "--host", "127.0.0.1", *options, *state]

    def tool_command(self) -> list[str]:
        """Return the command that serves the tool and runs its worker."""
        return [self.colloquy, "serve", "--host", "127.0.0.1", "--port", str(self.tool_port)]


def run_demo(demo: Demo) -> None:
    """Prepare, serve and watch until interrupted; raises DemoError where anything fails."""
    check_port(demo.tool_port, "the tool", "--tool-port")
    check_port(demo.lms_port, "the practice LMS", "--lms-port")
    check_port(demo.mail_port, "the mail of the practice LMS (one above its own)", "--lms-port")
    with Supervisor(demo.data, demo.environment()) as supervisor:
        try:
            _serve(demo, supervisor)
        except Interrupted:
            click.echo(f"\nEnding the demonstration. Its data stay in {demo.data} for the next time.")


def _serve(demo: Demo, supervisor: Supervisor) -> None:
    click.echo("Starting …")
    supervisor.start("Practice LMS", demo.lms_command())
    _prepare(demo, supervisor)
    supervisor.start("Colloquy", demo.tool_command())
    supervisor.wait_for("Practice LMS", f"{demo.lms_url}/")
    supervisor.wait_for("Colloquy", f"{demo.tool_url}/healthz")
    click.echo(
        f"\nOpen {demo.lms_url}/ in a browser.\n\n"
        "It is the course page of a small LMS, and you are the instructor. Open “Week 3” to read the discussion,\n"
        "switch to a student with “You are” to take part, grade as the instructor, and check the gradebook.\n"
        "“Mail” has every e-mail that Colloquy has sent.\n"
        "Press Ctrl-C to stop the demo."
    )
    supervisor.watch()


def _prepare(demo: Demo, supervisor: Supervisor) -> None:
    """Make the database ready, unless that was done by this very installation: each command takes seconds to load."""
    stamp, state = demo.data / "prepared", _state_of(demo)
    if (demo.data / "colloquy.db").exists() and stamp.exists() and stamp.read_text(encoding="utf-8") == state:
        return
    click.echo("Preparing the course …")
    for name, command in demo.preparations():
        supervisor.run(name, command)
    stamp.write_text(state, encoding="utf-8")


def _state_of(demo: Demo) -> str:
    """Return a digest of the preparations and of every file that they may depend on."""
    files = [*PACKAGE.rglob("*.py"), *default_course_file().parent.iterdir()]
    found = [(str(path), path.stat().st_mtime_ns, path.stat().st_size) for path in sorted(files)]
    return hashlib.sha256(repr((demo.preparations(), found)).encode()).hexdigest()


def _local_zone() -> str:
    """The IANA name of this machine's time zone, used for the dates of the demonstration."""
    name = str(LOCALTZ)
    return name if name in available_timezones() else "UTC"


def default_data() -> Path:
    """Return where the data go unless told otherwise: into the checkout, or where this system keeps a user's data."""
    checkout = PACKAGE.parent
    if (checkout / "pyproject.toml").exists():
        return checkout / "demo-data"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "colloquy-demo"
    named = Path(os.environ.get("XDG_DATA_HOME", ""))
    return (named if named.is_absolute() else Path.home() / ".local" / "share") / "colloquy-demo"


@contextmanager
def owned(data: Path) -> Iterator[None]:
    """Hold the data directory; raises DemoError when it is not ours or another demonstration holds it."""
    if data.exists() and any(data.iterdir()) and not (data / MARKER).exists():
        raise DemoError(f"{data} already has other files. Choose an empty directory with --data.")
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (data / MARKER).open("w", encoding="utf-8") as marker:
        try:
            fcntl.flock(marker, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise DemoError(f"A demo with the data in {data} is already running. Stop it first.") from error
        yield


def reset(data: Path) -> None:
    """Delete everything that the demonstration has stored."""
    if not data.exists():
        return
    with owned(data):
        shutil.rmtree(data)


def find_colloquy() -> str:
    """Return the command of the tool that is installed beside this Python; raises DemoError."""
    command = Path(sys.executable).with_name("colloquy")
    if not command.exists():
        raise DemoError(
            f"The command colloquy is not installed beside {sys.executable}. "
            "Install Colloquy into a virtual environment, or use in a checkout: make demo"
        )
    return str(command)


@click.command(help=__doc__)
@click.option(
    "--data",
    default=default_data,
    show_default="demo-data in a checkout, else colloquy-demo among the user's data",
    type=click.Path(path_type=Path, file_okay=False),
)
@click.option("--tool-port", default=8800, show_default=True, type=click.IntRange(1, 65535))
@click.option("--lms-port", default=8801, show_default=True, type=click.IntRange(1, 65534))
@click.option("--reset", "forget", is_flag=True, help="Delete all demo data and exit. The next demo starts fresh.")
def main(*, data: Path, tool_port: int, lms_port: int, forget: bool) -> None:
    """Run the demonstration until it is interrupted."""
    data = data.resolve()
    try:
        if forget:
            reset(data)
            click.echo("The demo data is deleted. The next demo starts fresh.")
            return
        with owned(data):
            run_demo(Demo(data, tool_port, lms_port, find_colloquy()))
    except DemoError as error:
        raise click.ClickException(str(error)) from error


if __name__ == "__main__":
    main(prog_name="colloquy demo")
