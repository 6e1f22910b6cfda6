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
        subprocess.run([sys.executable, str(build)], check=True)  # noqa: S603 - our own script
        if version == "standard":
            build_data["force_include"].update({str(Path(self.root, name)): place for name, place in CARRIED.items()})
