"""The step of `pip install` and of building a wheel that needs more than copying files."""

import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

CARRIED = {"templates": "lti_app/_templates", "config": "lti_app/_config"}


class CustomBuildHook(BuildHookInterface[Any]):
    """Builds the front-end; lets a wheel carry the folders that stand beside the package in the repository."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Act for a wheel (`standard`) and for an install that points at this folder (`editable`), not for an sdist."""
        if self.target_name != "wheel":
            return
        build = Path(self.root, "lti_app", "frontend", "build.py")
        catalogues = Path(self.root, "lti_app", "translations", "catalogues.py")
        options = ["--omit-checkers"] if version == "standard" else []
        for program in ([str(build), *options], [str(catalogues)]):
            subprocess.run([sys.executable, *program], check=True)  # noqa: S603 - our own scripts
        if version == "standard":
            build_data["force_include"].update(self._carried())

    def _carried(self) -> dict[str, str]:
        """Where in the wheel each carried file goes; the lock files are for installing, not for running."""
        places = {
            path: f"{place}/{path.name}" for name, place in CARRIED.items() for path in Path(self.root, name).iterdir()
        }
        return {str(path): place for path, place in places.items() if path.name != "requirements"}
