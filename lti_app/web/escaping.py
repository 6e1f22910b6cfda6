"""Escaping in templates at half the price: pages of hundreds of rows write thousands of values."""

import re

from jinja2 import Environment
from jinja2.compiler import CodeGenerator
from markupsafe import Markup, escape

_SPECIAL = re.compile("[&<>'\"]")


def escaped(value: object) -> str:
    """A value as a template writes it: markup as it is, everything else escaped.

    The characters are those of `markupsafe.escape`. The result is not marked as safe again, which costs more than the
    escaping: a template only joins it to what stands around it.
    """
    if type(value) is Markup:
        return value
    if type(value) is str:
        return value if _SPECIAL.search(value) is None else escape(value)
    return str(value) if type(value) is int else escape(value)


class _QuickCodeGenerator(CodeGenerator):
    """Templates whose functions escape with `escaped`."""

    def write_commons(self) -> None:
        """What every function of a compiled template begins with."""
        super().write_commons()
        self.writeline("escape = environment.escaped")


def escape_quickly(environment: Environment) -> None:
    """Have the templates that are compiled from now on escape with `escaped`."""
    environment.extend(escaped=escaped)
    environment.code_generator_class = _QuickCodeGenerator
