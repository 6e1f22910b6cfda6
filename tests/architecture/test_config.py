"""The example of settings documents every setting, and nothing else."""

import json
import logging.config
import re

from lti_app.core.settings import PREFIX, Settings
from tests.architecture import tree

OTHER_NAMES = {"SETTINGS_FILE", "SECRET_KEY_FILE"}
BY_FILE = {"SMTP_PASSWORD_FILE", "BOUNCES_IMAP_PASSWORD_FILE"}
"""Settings that the example reads from files."""


def test_every_setting_is_documented():
    text = (tree.ROOT / "config" / "colloquy.env.example").read_text()
    documented = set(re.findall(rf"{PREFIX}([A-Z_]+)", text)) - OTHER_NAMES
    documented = {name.removesuffix("_FILE") if name in BY_FILE else name for name in documented}
    assert documented == {name.upper() for name in Settings.model_fields}


def test_logging_configuration_is_valid():
    configuration = json.loads((tree.ROOT / "config" / "logging.json").read_text())
    logging.config.DictConfigurator(configuration)
    assert set(configuration["root"]["handlers"]) <= set(configuration["handlers"])
