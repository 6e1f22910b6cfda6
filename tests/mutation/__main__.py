"""`make mutate SAMPLE=200`: put faults into access, visibility, queries, actions and rules, and see which go unnoticed.

With paths (`python -m tests.mutation --sample 50 discussion/posts`) only in files below them.
"""

import argparse
import random
from pathlib import Path

import pytest

import lti_app
from tests.mutation.mutants import Mutant, files_of, mutants_of
from tests.mutation.trial import Trial

EXPLAINED = Path(__file__).with_name("explained.txt")
TESTS = ["course", "library", "discussion", "participation", "grading", "exchange", "tenancy", "web"]


def main() -> None:
    """Draw a sample, try each mutant, name the survivors and the score."""
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--sample", type=int, default=200, help="how many mutants to try; 0 for all")
    given.add_argument("--seed", type=int, default=1, help="which sample to draw")
    given.add_argument("--seconds", type=float, default=90.0, help="how long the tests of one mutant may take")
    given.add_argument("paths", nargs="*", help="where to change code, from the root of the package")
    chosen = given.parse_args()
    mutants = drawn(all_mutants(tuple(chosen.paths)), chosen.sample, chosen.seed)
    trial = Trial(mutants, chosen.seconds)
    folders = [f"tests/{name}" for name in TESTS]
    pytest.main(["-s", "--database", "sqlite", "-p", "no:cacheprovider", *folders], plugins=[trial])
    report(trial)


def all_mutants(paths: tuple[str, ...]) -> list[Mutant]:
    """Of every file below the paths, or of all."""
    root, found = Path(lti_app.__file__).parent, list[Mutant]()
    for file in files_of(root):
        path = file.relative_to(root).as_posix()
        if path.startswith(paths or ("",)):
            found += mutants_of(path, file.read_text(encoding="utf-8"))
    return found


def drawn(mutants: list[Mutant], sample: int, seed: int) -> list[Mutant]:
    """The same ones for the same seed."""
    explained = set(read_explained())
    open_ones = [mutant for mutant in mutants if mutant.key not in explained]
    print(f"{len(mutants)} mutants, {len(mutants) - len(open_ones)} of them explained")
    if not sample or sample >= len(open_ones):
        return open_ones
    return random.Random(seed).sample(open_ones, sample)


def read_explained() -> list[str]:
    """Mutants that change nothing anybody could notice, or nothing that matters; the line below says why."""
    lines = EXPLAINED.read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith(("#", " "))]


def report(trial: Trial) -> None:
    """The score, and who survived."""
    tried = trial.killed + len(trial.survived)
    print("\nSurvived:", *(mutant.key for mutant in trial.survived), sep="\n  ")
    print(f"\n{trial.killed} of {tried} noticed ({trial.killed / max(tried, 1):.0%}), {trial.not_tried} not tried")


if __name__ == "__main__":
    main()
