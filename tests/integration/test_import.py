from __future__ import annotations

import importlib
import subprocess
import sys
from pathlib import Path

import pytest

import mhnlp

TIMED = "import time; s = time.perf_counter(); import mhnlp; print(time.perf_counter() - s)"
HEAVY = (
    "spacy",
    "sklearn",
    "pandas",
    "numpy",
    "scipy",
    "skops",
    "joblib",
    "onnxruntime",
    "typer",
    "lxml",
    "pypdfium2",
    "docx",
)


def run(code: str) -> str:
    # -I as a user's shell would not set it, but the tests' own settings must not reach the child.
    return subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, check=True).stdout  # noqa: S603


def test_import_takes_under_three_tenths_of_a_second():
    # The least of several runs, so that other work on the machine does not count.
    assert min(float(run(TIMED)) for _ in range(5)) < 0.3


def test_import_loads_no_heavy_package():
    loaded = set(run("import sys, mhnlp; print(*{name.split('.')[0] for name in sys.modules})").split())
    assert "mhnlp" in loaded
    assert loaded.isdisjoint(HEAVY)


@pytest.mark.parametrize("name", mhnlp.__all__)
def test_every_public_name_can_be_imported(name):
    assert getattr(mhnlp, name) is not None
    assert name in dir(mhnlp)


def test_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="'mhnlp' has no attribute 'clasify'"):
        mhnlp.clasify  # noqa: B018


def test_lazy_names_are_those_of_their_modules():
    for name, home in mhnlp._HOMES.items():
        assert getattr(mhnlp, name) is getattr(importlib.import_module(f"mhnlp.{home}"), name)
    assert {*mhnlp._HOMES, "plot", "__version__"} == set(mhnlp.__all__)


def test_no_module_hides_a_public_name_when_it_is_imported():
    modules = {path.stem for path in Path(mhnlp.__file__).parent.iterdir()}
    # `plot` is the module itself.
    assert modules & {*mhnlp.__all__} - {"__version__"} == {"plot"}
