from __future__ import annotations

import pytest

from mhnlp.catalogue import list_models, model_folder, own_model_folder, own_models_folder
from mhnlp.errors import ModelError
from mhnlp.model import load_model


@pytest.fixture(autouse=True)
def own_folder(monkeypatch, tmp_path):
    monkeypatch.setenv("MHNLP_MODELS", str(tmp_path / "mijn"))
    return tmp_path / "mijn"


def test_own_model_is_loaded_by_its_name_and_listed_with_its_scores(tiny_model):
    tiny_model.save(own_model_folder("mijn-model"))
    assert load_model("mijn-model").card.name == "tiny"
    table = list_models().set_index("name")
    assert table["shipped"].to_dict() == {"accurate": True, "fast": True, "mijn-model": False}
    assert table.loc["mijn-model", "scores"] == tiny_model.card.main_scores()
    assert table.loc["mijn-model", "scores"].startswith("pillars 1.000 [")
    assert table.loc["mijn-model", "created"] == tiny_model.card.created


def test_unreadable_card_is_listed_with_its_reason(own_folder):
    (own_folder / "stuk").mkdir(parents=True)
    (own_folder / "stuk" / "card.json").write_text("{}", encoding="utf-8")
    assert "is no model card" in list_models().set_index("name").loc["stuk", "scores"]


@pytest.mark.parametrize(("wrong", "near"), [("acurate", "accurate"), ("Fast", "fast"), ("mijn-modl", "mijn-model")])
def test_wrong_name_is_answered_with_the_nearest(tiny_model, wrong, near):
    tiny_model.save(own_model_folder("mijn-model"))
    with pytest.raises(ModelError, match=f"did you mean '{near}'"):
        model_folder(wrong)


@pytest.mark.parametrize("name", ["fast", "", "a/b", "..", ".weg"])
def test_name_of_a_shipped_model_and_what_is_no_name_is_refused(name):
    with pytest.raises(ModelError, match=r"another name|is no name"):
        own_model_folder(name)


def test_without_the_variable_models_are_where_the_system_keeps_data(monkeypatch):
    monkeypatch.delenv("MHNLP_MODELS")
    assert own_models_folder().parts[-2:] == ("mhnlp", "models")
