from __future__ import annotations

import ast
from pathlib import Path

import pytest

import mhnlp

PACKAGE = Path(mhnlp.__file__).parent
STAGES = {
    "reading": {"reading"},
    "segmentation": {"layout", "segmentation"},
    "model": {"features", "linear", "encoder", "calibration", "classifier", "model"},
}
JOINERS = {"__init__", "pipeline", "archive", "component", "cli"}
"""`archive` and `component` are `pipeline` for many letters and inside spaCy."""
WHOLE = {"reading", "cli"}
"""Packages that count as one module."""
DATA_TYPES = {"labels", "errors", "alignment"}


def module_of(path: Path) -> str:
    """Name of a module below the package; each package in `WHOLE` is one module."""
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return parts[0] if parts[0] in WHOLE else ".".join(parts).removesuffix(".__init__")


def imports(path: Path, *, at_run_time: bool) -> set[str]:
    """Modules of mhnlp that a file imports; those under `if TYPE_CHECKING` are left out at run time."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    skipped = {
        id(node)
        for branch in ast.walk(tree)
        if at_run_time and isinstance(branch, ast.If) and "TYPE_CHECKING" in ast.unparse(branch.test)
        for node in ast.walk(branch)
    }
    found: set[str] = set()
    for node in ast.walk(tree):
        if id(node) in skipped:
            continue
        if isinstance(node, ast.ImportFrom) and node.level:
            found.add("relative import")
        elif isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "mhnlp":
            names = [f"{node.module}.{alias.name}" for alias in node.names] if node.module == "mhnlp" else [node.module]
            found.update(name.removeprefix("mhnlp.") for name in names)
        elif isinstance(node, ast.Import):
            found.update(
                alias.name.removeprefix("mhnlp.") if alias.name != "mhnlp" else "__init__"
                for alias in node.names
                if alias.name.split(".")[0] == "mhnlp"
            )
    return {name.split(".")[0] if name.split(".")[0] in WHOLE else name for name in found}


FILES = {path: module_of(path) for path in sorted(PACKAGE.rglob("*.py"))}
ARROWS = {
    module: set().union(*(imports(path, at_run_time=True) for path, own in FILES.items() if own == module)) - {module}
    for module in FILES.values()
}


def stage_of(module: str) -> str | None:
    return next((stage for stage, modules in STAGES.items() if module in modules), None)


def reachable(module: str) -> set[str]:
    found: set[str] = set()
    pending = [module]
    while pending:
        new = ARROWS.get(pending.pop(), set()) - found
        found |= new
        pending += new
    return found


def test_every_module_of_the_stages_is_there():
    assert set().union(*STAGES.values()) <= set(ARROWS)
    assert ARROWS["pipeline"] >= {"reading", "segmentation", "model", "results"}


@pytest.mark.parametrize("stage", STAGES)
def test_no_step_imports_another(stage):
    for module in STAGES[stage]:
        others = {own for own in ARROWS[module] if stage_of(own) not in {None, stage}}
        assert others == set(), module


@pytest.mark.parametrize("stage", STAGES)
def test_no_step_leads_to_another_by_a_detour(stage):
    for module in STAGES[stage]:
        others = {own for own in reachable(module) if stage_of(own) not in {None, stage}}
        assert others == set(), module


def test_only_the_pipeline_and_its_like_join_steps():
    joining = {module for module, own in ARROWS.items() if len({stage_of(each) for each in own} & {*STAGES}) > 1}
    assert joining <= JOINERS
    assert "pipeline" in joining


@pytest.mark.parametrize("module", sorted(DATA_TYPES))
def test_shared_data_types_import_nothing(module):
    assert ARROWS[module] == set()


def test_letters_know_of_no_step():
    assert ARROWS["letter"] <= DATA_TYPES


def test_results_import_no_step_when_run():
    assert {stage_of(module) for module in ARROWS["results"]} <= {None}


def test_nothing_imports_the_command_line_or_the_public_names():
    for path, module in FILES.items():
        own = imports(path, at_run_time=False)
        assert module == "cli" or "cli" not in own, module
        # The command line is the face of the public functions, so it alone may use them by their public names.
        assert module == "cli" or "__init__" not in own, module
        assert "relative import" not in own, module


def test_imports_run_in_no_circle():
    assert [module for module in ARROWS if module in reachable(module)] == []
