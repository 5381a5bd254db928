"""Run the benchmarks of script/bench.d and show what they found. Knows nothing of what is measured.

A benchmark is a module with `run() -> dict[str, object]`, which gives {"figures": [figure, …]} and may add keys of its own
(how often, on what data). A figure is a dict of
  name    what was measured, in words
  unit    ms, /s, kB …
  ours    the median of what the product does
  floor   the same for the bare act or the rival, measured in the same run; None without one
  ratio   how far apart the two are, the way round that the target is worded; None without a floor
  target  "<= 4" or ">= 50", of the ratio where there is one and of ours otherwise; None when it is only for information
"""

import argparse
import importlib.util
import json
import os
import platform
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BENCHMARKS = ROOT / "script" / "bench.d"
RESULTS = ROOT / "build" / "bench"


@dataclass(frozen=True, slots=True)
class Figure:
    """One measurement; the fields are those of this module's description."""

    name: str
    unit: str
    ours: float
    floor: float | None
    ratio: float | None
    target: str | None

    def verdict(self) -> str:
        """Tell whether the target is met: "met", "missed", or nothing without a target."""
        if self.target is None:
            return ""
        relation, bound = self.target.split()
        value = self.ours if self.ratio is None else self.ratio
        met = {"<=": value <= float(bound), ">=": value >= float(bound)}[relation]
        return "met" if met else "missed"


def figures_of(result: dict[str, object]) -> list[Figure]:
    """Read the figures out of a benchmark's result; a missing or unknown field is a TypeError."""
    figures = result["figures"]
    if not isinstance(figures, list):
        raise TypeError("figures is a list")
    return [Figure(**figure) for figure in figures]


def measure(path: Path) -> dict[str, object]:
    """Load one benchmark by its path and run it."""
    spec = importlib.util.spec_from_file_location(f"bench_{path.stem}", path)
    if spec is None or spec.loader is None:
        raise ImportError(f"not a Python module: {path}")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    result: dict[str, object] = module.run()
    return result


def table(rows: Sequence[Figure]) -> str:
    """Lay figures out in columns."""
    lines = [("", "unit", "ours", "floor", "ratio", "target", "")]
    lines += [
        (row.name, row.unit, number(row.ours), number(row.floor), number(row.ratio), row.target or "", row.verdict())
        for row in rows
    ]
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    return "\n".join(
        "  ".join(
            text.ljust(width) if column < 2 else text.rjust(width)
            for column, (text, width) in enumerate(zip(line, widths, strict=True))
        )
        for line in lines
    )


def number(value: float | None) -> str:
    """Show three significant digits, and nothing for None."""
    return "" if value is None else f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def main() -> int:
    """Run the benchmarks that were named, or all."""
    names = sorted(path.stem for path in BENCHMARKS.glob("*.py"))
    parser = argparse.ArgumentParser(prog="script/bench", description="Measure, and compare with floors and targets.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(names)}; all when none is named")
    chosen = parser.parse_args().names or names
    unknown = sorted(set(chosen) - set(names))
    if unknown:
        parser.error(f"no such benchmark: {', '.join(unknown)}")
    if len(chosen) > 1:
        # A process each: one benchmark's memory and warm caches are no part of another's figures.
        return max(subprocess.run([sys.executable, __file__, name], check=False).returncode for name in chosen)
    sys.path.insert(0, str(ROOT))
    RESULTS.mkdir(parents=True, exist_ok=True)
    machine = {"python": platform.python_version(), "machine": platform.machine(), "processors": os.cpu_count()}
    for name in chosen:
        result = measure(BENCHMARKS / f"{name}.py")
        figures = figures_of(result)
        record = {
            **result,
            "figures": [{**asdict(figure), "verdict": figure.verdict()} for figure in figures],
            "on": machine,
        }
        (RESULTS / f"{name}.json").write_text(json.dumps(record, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        sys.stdout.write(f"{name}\n{table(figures)}\n\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
