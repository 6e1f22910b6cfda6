"""Whoever opens a page first after a start finds it compiled."""

import subprocess
import sys
from pathlib import Path

from lti_app.core.resources import resource
from tests.resilience.processes import environment

COMPILED = """
import os
import lti_app.wsgi
pages = lti_app.wsgi.application.jinja_env
pages.compile = None  # whatever would be compiled only now fails
names = pages.list_templates(extensions=["html"])
for name in names:
    pages.get_template(name)
print(len(names), flush=True)
os._exit(0)  # without waiting for the worker's threads
"""


def test_every_page_is_compiled_before_the_first_request(sqlite_url: str, tmp_path: Path):
    environ = environment(DATABASE_URL=sqlite_url, FILES=str(tmp_path / "files"))
    told = subprocess.run([sys.executable, "-c", COMPILED], env=environ, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stderr
    assert int(told.stdout) == len(list(resource("templates").rglob("*.html")))
