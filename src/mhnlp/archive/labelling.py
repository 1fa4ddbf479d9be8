"""What a worker does: read the letters of a batch and label them together."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from mhnlp._version import __version__
from mhnlp.archive.rows import pack
from mhnlp.archive.tasks import Outcome, failed
from mhnlp.errors import ArchiveError
from mhnlp.model import Model, load_model
from mhnlp.pipeline import label_letters
from mhnlp.results import evidence_columns

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mhnlp.archive.contents import Content
    from mhnlp.archive.tasks import Task
    from mhnlp.letter import Letter


@dataclass(frozen=True)
class Recipe:
    """All that decides labels apart from the letters.

    Parameters
    ----------
    model
        A model, or its name or folder.
    fingerprint
        The model's, so that a worker with another model under the same name is found out.
    unit
        Whether each passage is labelled, or each sentence.
    evidence
        Whether to name the sentences that carry the labels.
    version
        Of mhnlp, whose readers and segmentation decide too.
    """

    model: Model | str
    fingerprint: str
    unit: Literal["passage", "sentence"]
    evidence: bool = False
    version: str = __version__

    def open(self) -> Model:
        """Load the model; a process loads it once.

        Raises
        ------
        ArchiveError
            If this process has another model under the name, or another version of mhnlp.
        """
        model = self.model if isinstance(self.model, Model) else load_model(self.model)
        if (model.fingerprint, __version__) != (self.fingerprint, self.version):
            raise ArchiveError(
                f"A worker has mhnlp {__version__} with the model {model.fingerprint}, the run needs "
                f"{self.version} with {self.fingerprint}; install the same on every machine"
            )
        return model


def label_batch(tasks: Sequence[Task], recipe: Recipe) -> list[Outcome]:
    """Read and label letters; what one of them gives does not depend on the others."""
    model = recipe.open()
    read = [_try_read(task.content) for task in tasks]
    letters = [each for each in read if not isinstance(each, Exception)]
    labelled = iter(label_letters(letters, model, recipe.unit))
    outcomes = []
    for task, each in zip(tasks, read, strict=True):
        found = each if isinstance(each, Exception) else next(labelled)
        if isinstance(found, Exception):
            outcomes.append(failed(task.key, found))
        else:
            evidence = evidence_columns(found, found.scheme) if recipe.evidence else {}
            outcomes.append(Outcome(task.key, len(found), pack(found, evidence)))
    return outcomes


def _try_read(content: Content) -> Letter | Exception:
    try:
        # Without a name, so that what is said of one letter also holds for another with the same text.
        return replace(content.read(), name="")
    except Exception as error:  # noqa: BLE001 - readers of foreign formats can fail in any way; it is recorded
        return error
