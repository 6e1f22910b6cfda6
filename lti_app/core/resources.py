"""The files that ship with the code: beside the package in a checkout, inside it in a wheel."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parents[1]


def resource(name: str, *parts: str) -> Path:
    """The path of a shipped file or folder; `name` is templates or config."""
    shipped = _PACKAGE / f"_{name}"
    return (shipped if shipped.is_dir() else _PACKAGE.parent / name).joinpath(*parts)
