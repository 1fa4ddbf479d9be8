"""Where models are, and the files that come with the package."""

from __future__ import annotations

from pathlib import Path

from mhnlp.errors import ModelError

DEFAULT_MODEL = "accurate"
WEIGHTS, CARD = "model.skops", "card.json"

PACKAGE = Path(__file__).parent
REPOSITORY = PACKAGE.parent.parent


def resource(name: str) -> Path:
    """Path of a file or folder that comes with the package.

    Parameters
    ----------
    name
        Its path in the wheel and in the repository, such as ``"models"``.

    Raises
    ------
    FileNotFoundError
        If this installation lacks it.
    """
    for root in (PACKAGE, REPOSITORY):
        # An editable installation finds models and data in the repository, an ordinary one in the package.
        if (root / name).exists():
            return root / name
    raise FileNotFoundError(f"this installation of mhnlp lacks {name!r}; install it anew")


def models_folder() -> Path:
    """Folder of the shipped models."""
    return resource("models")


def model_names() -> list[str]:
    """Names of the models that come with the package."""
    return sorted(path.parent.name for path in models_folder().glob(f"*/{CARD}"))


def model_folder(name_or_path: str | Path | None = None) -> Path:
    """Folder of a model, by its name or path; by default of the package's own choice.

    Raises
    ------
    ModelError
        If there is no such model.
    """
    name = name_or_path or DEFAULT_MODEL
    for folder in (Path(name), models_folder() / name):
        if (folder / CARD).is_file() and (folder / WEIGHTS).is_file():
            return folder.resolve()
    raise ModelError(
        f"There is no model {str(name)!r}: neither a folder with {CARD} and {WEIGHTS}, "
        f"nor one of the package's models ({', '.join(model_names())})."
    )


def corpus_folder() -> Path:
    """Folder of the shipped annotated letters."""
    return resource("data/annotated")
