"""Where models are: those that come with the package, and those of one's own."""

from __future__ import annotations

import os
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

from platformdirs import user_data_path

from mhnlp.errors import ModelError
from mhnlp.resources import models_folder

if TYPE_CHECKING:
    import pandas as pd

DEFAULT_MODEL = "accurate"
CARD, WEIGHTS = "card.json", "model.skops"
VARIABLE = "MHNLP_MODELS"


def own_models_folder() -> Path:
    """Folder of the models of one's own: ``MHNLP_MODELS``, or a folder ``mhnlp/models`` where the system keeps data."""
    return Path(os.environ.get(VARIABLE) or user_data_path("mhnlp", appauthor=False) / "models")


def own_model_folder(name: str) -> Path:
    """Folder for a model of one's own.

    Raises
    ------
    ModelError
        If the name is a path, or that of a model of the package.
    """
    if name in model_names():
        raise ModelError(f"{name!r} is a model of the package; give yours another name")
    if not name or Path(name).name != name or name.startswith("."):
        raise ModelError(f"{name!r} is no name for a model; give a word, or the folder for it")
    return own_models_folder() / name


def model_names() -> list[str]:
    """Names of the models that come with the package."""
    return sorted(_folders(models_folder()))


def model_folder(name_or_path: str | Path | None = None) -> Path:
    """Folder of a model, given itself, or the name of a shipped or an own model; by default of the package's choice.

    Raises
    ------
    ModelError
        If there is none, with the nearest name.
    """
    name = name_or_path or DEFAULT_MODEL
    named = (Path(name), models_folder() / name, own_models_folder() / name)
    for folder in named:
        if (folder / CARD).is_file() and (folder / WEIGHTS).is_file():
            return folder.resolve()
    own = sorted(_folders(own_models_folder()))
    close = get_close_matches(str(name), [*model_names(), *own], n=1)
    raise ModelError(
        f"There is no model {str(name)!r}{f'; did you mean {close[0]!r}?' if close else '.'} It is neither a "
        f"folder with {CARD} and {WEIGHTS}, nor one of the package's models ({', '.join(model_names())}), nor one of "
        f"your own in {own_models_folder()} ({', '.join(own) or 'none'})."
    )


@dataclass(frozen=True)
class ModelEntry:
    """A model that can be loaded by its name.

    Parameters
    ----------
    name
        What `load_model` takes.
    shipped
        Whether it comes with the package.
    folder
        Where it is.
    created
        Date of training, empty if its card cannot be read.
    scores
        Macro-F1 of pillars and sentiment as its card tells them, or why the card cannot be read.
    """

    name: str
    shipped: bool
    folder: Path
    created: str
    scores: str


def list_models() -> pd.DataFrame:
    """List the models that can be loaded by name.

    Returns
    -------
    DataFrame
        Columns ``name, shipped, folder, created, scores``; the package's models come first.

    Examples
    --------
    >>> list_models()["name"].tolist()[:2]
    ['accurate', 'fast']
    """
    import pandas as pd  # noqa: PLC0415 - slow to import, and needed here alone

    shipped = [_entry(name, folder, shipped=True) for name, folder in _folders(models_folder()).items()]
    own = [_entry(name, folder, shipped=False) for name, folder in _folders(own_models_folder()).items()]
    return pd.DataFrame([vars(each) for each in [*shipped, *own]], columns=list(ModelEntry.__dataclass_fields__))


def _folders(root: Path) -> dict[str, Path]:
    return {path.parent.name: path.parent for path in sorted(root.glob(f"*/{CARD}"))}


def _entry(name: str, folder: Path, *, shipped: bool) -> ModelEntry:
    from mhnlp.card import ModelCard  # noqa: PLC0415 - leads to spaCy, which finding a folder does not need

    try:
        card = ModelCard.from_json((folder / CARD).read_text(encoding="utf-8"))
    except (ModelError, OSError, UnicodeDecodeError) as error:
        return ModelEntry(name, shipped, folder, "", f"its card {error}")
    return ModelEntry(name, shipped, folder, card.created, card.main_scores())
