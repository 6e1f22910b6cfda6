"""The project keeps its own rules. A finding reads `path:line: what is wrong`."""

import re
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator

import pytest
from sqlalchemy.orm import registry

from lti_app.core.db import Base
from lti_app.tables import ALL_MODELS
from tests.architecture import python_rules, text_rules, tree
from tests.architecture.tree import Source

FILE_P95_LINES = 300
SILENCED_LINES = 30
MEDIAN_LINES = 8
P95_LINES = 30

Rule = Callable[[Source], Iterable[str]]


def check(rule: Rule, sources: Iterable[Source]) -> None:
    if findings := [finding for source in sources for finding in rule(source)]:
        pytest.fail("\n".join(findings), pytrace=False)


@pytest.mark.parametrize(
    "rule",
    [
        python_rules.too_long_file,
        python_rules.too_long_functions,
        python_rules.too_long_views,
        python_rules.too_many_parameters,
        python_rules.untyped_returns,
        python_rules.lazy_imports,
        python_rules.unsafe_aliases,
        python_rules.visibility_conditions,
        python_rules.bare_silencers,
        python_rules.named_foreign_keys,
        python_rules.nameless_modules,
    ],
)
def test_package_keeps(rule: Rule):
    check(rule, tree.package_files())


@pytest.mark.parametrize(
    "rule",
    [
        python_rules.too_long_file,
        python_rules.bare_silencers,
        python_rules.nameless_modules,
        python_rules.sleeping,
    ],
)
def test_tests_keep(rule: Rule):
    check(rule, tree.python_files("tests"))


@pytest.mark.parametrize("rule", [text_rules.too_long_template, text_rules.inline_code])
def test_templates_keep(rule: Rule):
    check(rule, tree.templates())


@pytest.mark.parametrize("rule", [text_rules.registry_hosts, text_rules.machine_paths])
def test_every_file_keeps(rule: Rule):
    check(rule, tree.all_files())


def test_rooms_hold_only_the_known_kinds_of_files():
    check(lambda source: python_rules.unknown_kinds(source, tree.rooms()), tree.package_files())


def test_domain_takes_the_clock_as_an_argument():
    domain = [source for room in tree.rooms() for source in tree.python_files(f"lti_app/{room.replace('.', '/')}")]
    check(python_rules.clock_readings, domain)


def test_files_are_short_as_a_rule():
    sizes = sorted(file.line_count for file in tree.package_files())
    assert sizes[int(len(sizes) * 0.95)] <= FILE_P95_LINES


def test_few_checks_are_silenced():
    sources = [*tree.python_files("lti_app"), *tree.python_files("tests")]
    findings = [finding for source in sources for finding in python_rules.silencers(source)]
    assert len(findings) <= SILENCED_LINES, "\n".join(findings)


def test_a_class_name_means_one_thing():
    """Forms and the practice LMS are apart."""
    files = [file for file in tree.package_files() if not re.search(r"/forms/|/practice_lms/", file.path)]
    assert not python_rules.shared_class_names(files)


def test_functions_are_short_as_a_rule():
    sizes = sorted(
        python_rules.length(function) for file in tree.package_files() for function in python_rules.functions(file)
    )
    assert statistics.median(sizes) <= MEDIAN_LINES
    assert sizes[int(len(sizes) * 0.95)] <= P95_LINES, f"the longest five per cent: {sizes[int(len(sizes) * 0.95) :]}"


def test_imports_keep_their_contracts():
    program = [sys.executable, "-c", "from importlinter.cli import lint_imports; raise SystemExit(lint_imports())"]
    result = subprocess.run(program, cwd=tree.ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout[result.stdout.find("Contracts:") :] + result.stderr


def test_contracts_name_every_room():
    contracts = {contract["name"]: contract for contract in tree.import_contracts()}
    rooms = {f"lti_app.{room}" for room in tree.rooms()}
    of_variants = {f"lti_app.{room}" for room in python_rules.VARIANTS}
    assert set(contracts["Inside a room"]["containers"]) == rooms - of_variants
    speechless = set(contracts["The domain speaks neither HTTP, HTML nor LTI"]["source_modules"])
    assert {"lti_app.core"} < speechless
    assert all(any(f"{room}.".startswith(f"{package}.") for package in speechless) for room in rooms)


def test_foreign_keys_point_downwards():
    """The metadata itself is walked, since a rule about files sees only what is written as we write it."""
    assert ALL_MODELS
    assert not list(upward_foreign_keys(Base.registry, tree.heights()))


def upward_foreign_keys(registry: registry, heights: dict[str, tuple[int, int]]) -> Iterator[str]:
    owners = {mapper.local_table: _room_of(mapper.class_.__module__, heights) for mapper in registry.mappers}
    for table, owner in owners.items():
        for key in table.foreign_keys:
            target = owners[key.column.table]
            if target != owner and heights[target] >= heights[owner]:
                yield f"{table.name}.{key.parent.name} of {owner} refers to {key.target_fullname} of {target}"


def _room_of(module: str, heights: dict[str, tuple[int, int]]) -> str:
    below = module.removeprefix("lti_app.")
    return next(room for room in heights if f"{below}.".startswith(f"{room}."))
