"""The driver of the benchmarks judges and shows figures as its description says."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

PATH = Path(__file__).resolve().parents[3] / "script" / "bench.py"


@pytest.fixture(scope="module")
def bench() -> ModuleType:
    spec = importlib.util.spec_from_file_location("bench_driver", PATH)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["bench_driver"] = module
    spec.loader.exec_module(module)
    return module


def figure(**changed: object) -> dict[str, object]:
    return {"name": "row", "unit": "ms", "ours": 2.0, "floor": 1.0, "ratio": 2.0, "target": "<= 4"} | changed


@pytest.mark.parametrize(
    ("changed", "verdict"),
    [
        ({}, "met"),
        ({"ratio": 4.01}, "missed"),
        ({"ratio": None, "floor": None, "ours": 60.0, "target": ">= 50"}, "met"),
        ({"ratio": None, "floor": None, "ours": 49.0, "target": ">= 50"}, "missed"),
        ({"target": None}, ""),
    ],
)
def test_a_target_is_of_the_ratio_or_else_of_our_own_figure(
    bench: ModuleType, changed: dict[str, object], verdict: str
) -> None:
    (read,) = bench.figures_of({"figures": [figure(**changed)]})
    assert read.verdict() == verdict


def test_a_figure_with_an_unknown_or_missing_field_is_refused(bench: ModuleType) -> None:
    with pytest.raises(TypeError):
        bench.figures_of({"figures": [figure(p99=3)]})
    with pytest.raises(TypeError):
        bench.figures_of({"figures": [{"name": "row"}]})


def test_the_table_shows_every_figure_in_columns(bench: ModuleType) -> None:
    shown = bench.table(
        bench.figures_of({"figures": [figure(), figure(name="another", ours=12345.6, floor=None, ratio=None)]})
    )
    assert [line.split() for line in shown.splitlines()] == [
        ["unit", "ours", "floor", "ratio", "target"],
        ["row", "ms", "2", "1", "2", "<=", "4", "met"],
        ["another", "ms", "12,346", "<=", "4", "missed"],
    ]
