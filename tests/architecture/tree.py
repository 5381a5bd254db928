"""Read a source tree without running it: its files, its modules, and who imports whom.

Knows nothing of the rules; a test points it at this project, or at a small tree with a planted defect.
"""

import ast
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PACKAGES = ("kiosk", "issuing_center", "printers")

_DYNAMIC = frozenset({"import_module", "__import__"})


@dataclass(frozen=True, slots=True)
class Module:
    """One Python file of a package."""

    name: str
    """Dotted, without `__init__`: kiosk.flow.states."""
    path: Path
    is_package: bool
    tree: ast.Module


@dataclass(frozen=True, slots=True)
class Import:
    """One arrow, early or late: `importer` needs `target`."""

    importer: str
    target: str
    line: int


class ComputedImportError(Exception):
    """A module imports by a name that only running it would tell."""


def files(root: Path) -> Iterator[Path]:
    """Give every file that belongs to the project: no build product, no cache, no hidden folder but .ci."""
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(
            name
            for name in folders
            if name == ".ci" or (not name.startswith(".") and name not in {"build", "__pycache__"})
        )
        for name in sorted(names):
            path = Path(folder) / name
            if path.is_file() and not path.is_symlink():
                yield path


def modules(root: Path) -> list[Module]:
    """Parse every module of the project's packages below a root."""
    found = []
    for package in PACKAGES:
        for path in files(root / package):
            if path.suffix != ".py":
                continue
            parts = path.relative_to(root).with_suffix("").parts
            is_package = parts[-1] == "__init__"
            name = ".".join(parts[:-1] if is_package else parts)
            found.append(Module(name, path, is_package, ast.parse(path.read_bytes(), str(path))))
    return found


def imports(root: Path) -> list[Import]:
    """Give all imports of the packages, inside functions too, and those by `import_module` with a name in plain sight.

    `from kiosk import flow` counts as kiosk.flow. Raises ComputedImportError for a name that is computed.
    """
    parsed = modules(root)
    names = {module.name for module in parsed}
    return [arrow for module in parsed for arrow in _imports_of(module, names)]


def _imports_of(module: Module, names: set[str]) -> Iterator[Import]:
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(module.name, alias.name, node.lineno)
        elif isinstance(node, ast.ImportFrom):
            base = _absolute(module, node)
            for alias in node.names:
                inner = f"{base}.{alias.name}"
                yield Import(module.name, inner if inner in names else base, node.lineno)
        elif isinstance(node, ast.Call) and _called_name(node) in _DYNAMIC:
            first = node.args[0] if node.args else None
            if not (isinstance(first, ast.Constant) and isinstance(first.value, str)):
                raise ComputedImportError(f"{module.name}:{node.lineno}")
            yield Import(module.name, first.value, node.lineno)


def _absolute(module: Module, node: ast.ImportFrom) -> str:
    if node.level == 0:
        return node.module or ""
    parts = module.name.split(".")
    up = node.level - 1 if module.is_package else node.level
    return ".".join([*parts[: len(parts) - up], *([node.module] if node.module else [])])


def _called_name(node: ast.Call) -> str:
    match node.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return ""
