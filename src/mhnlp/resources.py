"""Where the files that come with the package are: models and corpus."""

from __future__ import annotations

from pathlib import Path

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


def corpus_folder() -> Path:
    """Folder of the shipped annotated letters."""
    return resource("data/annotated")
