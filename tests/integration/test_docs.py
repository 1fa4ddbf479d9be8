from pathlib import Path

import pytest

import mhnlp

REFERENCE = Path(__file__).parents[2] / "docs" / "reference.md"


@pytest.mark.parametrize("name", sorted(set(mhnlp.__all__) - {"__version__"}))
def test_every_public_name_is_in_the_reference(name):
    text = REFERENCE.read_text(encoding="utf-8")
    assert f"`{name}`" in text or f"`{name}(" in text


@pytest.mark.parametrize("name", mhnlp.__all__)
def test_every_public_name_can_be_imported(name):
    assert getattr(mhnlp, name) is not None
