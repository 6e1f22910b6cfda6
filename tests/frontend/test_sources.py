"""The scripts and style sheets keep the house format and pass their linter."""

import runpy
import subprocess

import pytest

from tests.architecture.tree import ROOT

CHECK = runpy.run_path(str(ROOT / "lti_app" / "frontend" / "check.py"))


@pytest.mark.parametrize("name", CHECK["CHECKS"])
def test_sources(name):
    command = CHECK["CHECKS"][name]()
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
