"""Run the trials, print a report in Markdown and write `build/load.json`.

A mix of launches, reading, news, posts, grading and moderation over one course of 500 and over many courses of 30, with
one web process and with two, as fast as it goes and at half of that; then a rush before a deadline. Everything is on
this machine, bounded in people and in time. `--size full` makes two million posts, which takes a while.
"""

import argparse
import multiprocessing
import platform
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import serialization

from lti_app.core.clock import system_clock
from lti_app.tables import ALL_MODELS
from tests.load.building import CLIENT, ISSUER, Shape
from tests.load.figures import FILE, HEAD, Trial, line, markdown, rule, write_trials
from tests.load.mix import strays
from tests.load.site import loaded_site
from tests.lti.fake_lms import FakeLms, KeyPair, KeyServer
from tests.services.run import service_run


@dataclass(frozen=True)
class Size:
    """How much is made, and how long each trial takes."""

    one: Shape
    many: Shape
    seconds: int


SIZES = {
    "tiny": Size(Shape("1 course of 20", 20, 1, 20), Shape("3 courses of 10", 10, 2, 20, courses=3), 5),
    "small": Size(Shape("1 course of 500", 500, 1, 500), Shape("50 courses of 30", 30, 7, 42, courses=50), 20),
    "full": Size(Shape("1 course of 500", 500, 2, 700), Shape("2,000 courses of 30", 30, 14, 42, courses=2000), 60),
}


def main(arguments: list[str]) -> int:
    """All trials; 1 if anything was lost, or failed."""
    chosen = _parse(arguments).size
    size, run = SIZES[chosen], Run(chosen)
    assert ALL_MODELS  # every table has to be known before rows are copied
    with service_run(), tempfile.TemporaryDirectory() as name, _lms(Path(name)) as (lms, key_file):
        folder = Path(name)
        with loaded_site(size.one, folder, lms, key_file, say) as site:
            for trial in site.mixed(size.one, size.seconds):
                run.take(trial)
            run.rushed(*site.rush(), size.one.students)
            run.about["one"] = {"posts": site.count("post"), "courses": 1, "students": size.one.students}
        with loaded_site(size.many, folder, lms, key_file, say) as site:
            for trial in site.mixed(size.many, size.seconds):
                run.take(trial)
            made = {
                "name": size.many.name,
                "courses": size.many.courses,
                "students": size.many.students * size.many.courses,
            }
            run.about["many"] = {"posts": site.count("post"), **made}
    write_trials(FILE, run.trials, run.about)
    say(f"\n{markdown(run.trials)}\n\nWritten: {FILE}\n" + ("\n".join(run.faults()) or "Nothing was lost or failed."))
    return int(bool(run.faults()))


class Run:
    """What was found."""

    def __init__(self, size: str) -> None:
        self.trials: list[Trial] = []
        cores = multiprocessing.cpu_count()
        self.about: dict[str, Any] = {"size": size, "cores": cores, "python": platform.python_version()}
        self._lost: list[str] = []
        say(f"{HEAD}\n{rule(HEAD)}")

    def take(self, trial: Trial) -> None:
        """Keep and tell."""
        self.trials.append(trial)
        say(line(trial))

    def rushed(self, trial: Trial, kept: int, students: int) -> None:
        """Keep a rush; every post that was acknowledged has to be there, and everybody's acknowledged."""
        self.take(trial)
        acknowledged = trial.done.get("post", 0)
        self.about["rush"] = {"students": students, "acknowledged": acknowledged, "kept": kept, "p95": trial.p95}
        if kept != acknowledged:
            self._lost.append(f"LOST: {acknowledged} posts were acknowledged, {kept} are there.")
        if acknowledged != students:
            self._lost.append(f"Of {students} students {acknowledged} have posted.")

    def faults(self) -> list[str]:
        """Everything that should not have happened."""
        failed = [f"{trial.name}: {trial.errors} requests failed." for trial in self.trials if trial.errors]
        mixed = [(trial.name, strays(trial.done)) for trial in self.trials if not trial.name.startswith("rush")]
        return [
            *self._lost,
            *failed,
            *(f"{name}: not the mix that is wanted: {found}" for name, found in mixed if found),
        ]


@contextmanager
def _lms(folder: Path) -> Iterator[tuple[FakeLms, Path]]:
    """An LMS that publishes its key, and the file with the key for those who sign."""
    pair = KeyPair.make("load")
    pem = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    file = folder / "key.pem"
    file.write_bytes(pair.private.private_bytes(*pem))
    with KeyServer().running() as server:
        lms = FakeLms(server, pair, system_clock, issuer=ISSUER, client_id=CLIENT)
        lms.publish()
        yield lms, file


def _parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.load", description=__doc__)
    parser.add_argument("--size", choices=SIZES, default="small", help="how much is made, and how long it takes")
    return parser.parse_args(arguments)


def say(words: str) -> None:
    """Print at once."""
    sys.stdout.write(words + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
