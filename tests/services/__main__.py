"""Find every program that the tests need, and install what is missing in one go: `python -m tests.services`."""

import sys

from tests.services.programs import CHROMIUM, POSTGRES, REDIS, MissingProgramError, Program, install


def main() -> None:
    """Print where each program is; end with the command to run where one is missing and cannot be installed."""
    programs = (POSTGRES, REDIS, CHROMIUM)
    try:
        if missing := [program for program in programs if program.find() is None]:
            install(missing)
    except MissingProgramError as error:
        sys.exit(str(error))
    for program in programs:
        print(f"{program.name}: {_found(program)}")


def _found(program: Program) -> str:
    if found := program.find():
        return str(found)
    sys.exit(f"{program.name} was installed but is still not found.")


if __name__ == "__main__":
    main()
