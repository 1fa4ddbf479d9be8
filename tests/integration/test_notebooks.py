from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

NOTEBOOKS = sorted((Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook_runs_from_top_to_bottom_and_keeps_its_outputs(path):
    notebook = nbformat.read(path, as_version=4)
    kept = [_plain(cell) for cell in notebook.cells if cell.cell_type == "code"]

    NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(path.parent)}}).execute()

    assert [_plain(cell) for cell in notebook.cells if cell.cell_type == "code"] == kept


def _plain(cell):
    outputs = [output.get("text") or output.get("data", {}).get("text/plain") for output in cell.outputs]
    # Where an object has no view of its own in text, Python prints its address.
    return [text for text in outputs if text and " at 0x" not in text]
