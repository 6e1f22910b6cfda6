"""`python -m lti_app.practice_lms`: serve the practice LMS until interrupted."""

import signal
import sys
from contextlib import nullcontext
from pathlib import Path
from types import FrameType

import click

from lti_app.practice_lms.app import create_practice_lms
from lti_app.practice_lms.config import DEFAULT_TOOL_URL, PracticeConfig, default_course_file
from lti_app.practice_lms.mailbox import receiving
from lti_app.practice_lms.server import make_practice_server


@click.command(help=__doc__)
@click.option(
    "--host", default="127.0.0.1", show_default=True, help="Address to listen on; also the host of the issuer."
)
@click.option("--port", default=8801, show_default=True, type=click.IntRange(1, 65535))
@click.option("--tool-url", default=DEFAULT_TOOL_URL, show_default=True, help="Where the tool runs.")
@click.option("--mail-port", type=click.IntRange(1, 65535), help="Where to take the mail of the tool; none without it.")
@click.option("--state", default=Path("practice-lms.db"), show_default=True, type=click.Path(path_type=Path))
@click.option("--course", default=default_course_file(), type=click.Path(path_type=Path, exists=True))
def main(*, host: str, port: int, tool_url: str, mail_port: int | None, state: Path, course: Path) -> None:
    """Serve until SIGINT or SIGTERM."""
    config = PracticeConfig.for_tool(tool_url.rstrip("/"), state, base_url=f"http://{host}:{port}", course_file=course)
    app = create_practice_lms(config)
    server = make_practice_server(host, port, app)
    signal.signal(signal.SIGTERM, _stop)
    mailbox = app.extensions["practice_lms"].mailbox
    try:
        with receiving(mailbox, host, mail_port) if mail_port else nullcontext():
            server.serve_forever()
    except KeyboardInterrupt:
        pass
    finally:
        server.server_close()
        app.extensions["practice_lms"].close()


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
