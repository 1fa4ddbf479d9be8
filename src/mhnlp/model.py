"""`Model`: a trained classifier with its Dutch pipeline and its card; saving and loading it.

A model is a folder: ``model.skops`` (weights), ``card.json`` (the card as data), ``README.md`` (the card for people)
and ``training.npz`` (digests and statistics of the training texts; models of the first format lack it). Loading runs
no code from the folder: skops builds only the types listed in `TRUSTED`.
"""

from __future__ import annotations

import hashlib
import warnings
import zipfile
from dataclasses import dataclass, field, replace
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any
from weakref import WeakValueDictionary

import skops.io

from mhnlp.card import ModelCard
from mhnlp.catalogue import CARD, WEIGHTS, model_folder, model_names
from mhnlp.classifier import PassageClassifier
from mhnlp.dutch import PipelineIdentity, identify
from mhnlp.errors import ModelError, PipelineError
from mhnlp.labelling import LabelledText, label_texts, probability_columns
from mhnlp.language import foreign_language
from mhnlp.traces import Traces

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from mhnlp.evaluation import HeldOut

README, TRACES = "README.md", "training.npz"

TRUSTED = (
    "mhnlp.calibration.ScoreCalibrator",
    "mhnlp.classifier.PassageClassifier",
    "mhnlp.encoder.Encoder",
    "mhnlp.features.NgramVectorizer",
    "mhnlp.labels.LabelScheme",
    "mhnlp.linear.LinearScorer",
)
"""Types that a model file may ask for beyond those that skops itself trusts. None of them runs code when built."""


_IN_USE: WeakValueDictionary[str, Model] = WeakValueDictionary()
"""Models of this process by their fingerprints."""


@dataclass(frozen=True, repr=False)
class Model:
    """A trained model.

    Parameters
    ----------
    classifier
        The fitted classifier.
    card
        What the model says of itself.
    fingerprint
        Digest of the weights, which tells one model from another.
    traces
        What is kept of the training texts; None for a model of the first format.
    held_out
        What was said of each training passage while its letter was held out; of a model just trained, and not saved.
    """

    classifier: PassageClassifier
    card: ModelCard
    fingerprint: str
    traces: Traces | None = field(default=None, compare=False)
    held_out: HeldOut | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        _IN_USE[self.fingerprint] = self

    def __setstate__(self, state: dict[str, Any]) -> None:
        # One that another process sent is in use here too.
        vars(self).update(state)
        _IN_USE[self.fingerprint] = self

    def __repr__(self) -> str:
        return f"<Model {self.card.name!r}, fingerprint {self.fingerprint}>"

    @property
    def pipeline(self) -> PipelineIdentity:
        """Identity of the Dutch pipeline that it was trained with."""
        return PipelineIdentity(**self.card.pipeline)

    def label(self, texts: Sequence[str]) -> list[LabelledText]:
        """Label texts as they are, without segmentation.

        Parameters
        ----------
        texts
            Passages or sentences.
        """
        probabilities = self.classifier.predict_proba(texts)
        return label_texts(probabilities, self.classifier.rule, self.card.scheme)

    def predict(self, texts: Sequence[str] | pd.Series[str]) -> pd.DataFrame:
        """Label ready-made passages.

        Parameters
        ----------
        texts
            A list, array or pandas Series of texts; each is labelled as it is.

        Returns
        -------
        DataFrame
            One row a text, with the index of the Series or 0, 1, 2 …, and the columns ``pillars`` (a tuple),
            ``sentiment``, ``p_<label>`` for each label, and ``uncertain``. A text's row does not depend on the
            other texts. An empty text is always uncertain.

        Raises
        ------
        TypeError
            If `texts` is one string or a whole table, or holds something that is no string.

        Examples
        --------
        >>> table = load_model().predict(["De wachttijd voor de opvang van slachtoffers is helaas opgelopen."])
        >>> table.loc[0, "pillars"], table.loc[0, "sentiment"]
        (('shelter',), 'negative')
        """
        import pandas as pd  # noqa: PLC0415 - slow to import, and needed here alone

        if getattr(texts, "columns", None) is not None:
            raise TypeError("predict takes the texts, not the whole table; give table['text']")
        if isinstance(texts, str):
            raise TypeError("predict takes a list of texts; for one text give [text], for a letter use classify")
        rows = list(texts)
        wrong = next((index for index, text in enumerate(rows) if not isinstance(text, str)), None)
        if wrong is not None:
            raise TypeError(f"text number {wrong} is {rows[wrong]!r}, not a string")
        language = foreign_language(" ".join(rows))
        if language:
            warnings.warn(
                f"These texts are in {language}; the models label Dutch text only, so that the labels mean nothing",
                stacklevel=2,
            )
        labelled = [
            # Of a text without a word nothing is known but how common each label is.
            label if text.strip() else replace(label, uncertain=True)
            for text, label in zip(rows, self.label(rows), strict=True)
        ]
        columns = {
            "pillars": [text.pillars for text in labelled],
            "sentiment": [text.sentiment for text in labelled],
            **probability_columns(labelled, self.card.scheme),
            "uncertain": [text.uncertain for text in labelled],
        }
        return pd.DataFrame(columns, index=texts.index if isinstance(texts, pd.Series) else None)

    def save(self, folder: str | Path) -> Path:
        """Write the model to a folder, which is made; a model that is there is replaced.

        Returns
        -------
        Path
            The folder.

        Raises
        ------
        ModelError
            If the folder holds other files than a model's.
        """
        folder = Path(folder)
        check_folder(folder)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / WEIGHTS).write_bytes(_dump(self.classifier))
        (folder / CARD).write_text(self.card.to_json(), encoding="utf-8")
        (folder / README).write_text(self.card.to_markdown(), encoding="utf-8")
        if self.traces is None:
            (folder / TRACES).unlink(missing_ok=True)
        else:
            (folder / TRACES).write_bytes(self.traces.to_bytes())
        return folder


def check_folder(folder: Path) -> None:
    """Raise an error if a model cannot be saved to a folder, because it holds other files or is a file."""
    if folder.is_file():
        raise ModelError(f"{folder} is a file; give a new folder for the model")
    if folder.is_dir() and any(folder.iterdir()) and not (folder / CARD).exists():
        raise ModelError(f"{folder} holds other files; give a new folder for the model")


def new_model(
    classifier: PassageClassifier, card: ModelCard, *, traces: Traces | None = None, held_out: HeldOut | None = None
) -> Model:
    """Make a model of a fitted classifier."""
    return Model(classifier, card, _fingerprint(_dump(classifier), classifier), traces, held_out)


def load_model(name_or_path: str | Path | None = None) -> Model:
    """Load a model.

    Parameters
    ----------
    name_or_path
        Name of a model that comes with the package or is in the folder of one's own models, or the folder of one; by
        default the package's own choice.

    Returns
    -------
    Model

    Raises
    ------
    ModelError
        If there is no such model, or it is damaged, of a newer format, or asks for types that are not trusted.
    PipelineError
        If the Dutch pipeline that it was trained with is not installed, or tokenises otherwise than then.
    """
    folder = model_folder(name_or_path)
    # A model that was saved over another one is another model.
    return _load(folder, (folder / WEIGHTS).stat().st_mtime_ns, (folder / CARD).stat().st_mtime_ns)


def find_model(fingerprint: str) -> Model:
    """Find the model with a fingerprint: one that this process uses, or one that comes with the package.

    Raises
    ------
    ModelError
        If it is neither.
    """
    known = _IN_USE.get(fingerprint) or next(
        (model for model in map(load_model, model_names()) if model.fingerprint == fingerprint), None
    )
    if known is None:
        raise ModelError(
            f"The model with the fingerprint {fingerprint!r} is not loaded, and is none of the package's "
            f"({', '.join(model_names())}); load it with load_model(folder), or give it with model="
        )
    return known


@lru_cache(maxsize=4)
def _load(folder: Path, *_written: int) -> Model:
    try:
        card = ModelCard.from_json((folder / CARD).read_text(encoding="utf-8"))
    except (ModelError, OSError, UnicodeDecodeError) as error:
        raise ModelError(f"{folder / CARD} {error}") from error
    data = (folder / WEIGHTS).read_bytes()
    classifier = _restore(data, folder)
    if classifier.scheme != card.scheme:
        raise ModelError(f"In {folder} the card and the weights name different labels; one of the files is foreign.")
    _check_pipeline(card, folder)
    if classifier.pipeline != card.pipeline["name"]:
        raise ModelError(f"In {folder} the card and the weights name different pipelines; one of the files is foreign.")
    return Model(classifier, card, _fingerprint(data, classifier), _read_traces(folder))


def _read_traces(folder: Path) -> Traces | None:
    if not (folder / TRACES).exists():
        return None
    try:
        return Traces.from_bytes((folder / TRACES).read_bytes())
    except (ValueError, KeyError, OSError, EOFError, zipfile.BadZipFile) as error:
        raise ModelError(f"{folder / TRACES} is damaged ({error!r}); train the model anew or take a copy.") from error


def _restore(data: bytes, folder: Path) -> PassageClassifier:
    try:
        unknown = set(skops.io.get_untrusted_types(data=data)).difference(TRUSTED)
        classifier = None if unknown else skops.io.loads(data, trusted=list(TRUSTED))
    except Exception as error:
        # A damaged file can fail anywhere in skops, zipfile, zlib, json or numpy.
        raise ModelError(f"{folder / WEIGHTS} is damaged or no model of mhnlp ({error!r}).") from error
    if unknown:
        raise ModelError(
            f"{folder / WEIGHTS} asks for {', '.join(sorted(unknown))}, which no model needs; it was not loaded. "
            "Do not use a model file whose origin you do not know."
        )
    if not isinstance(classifier, PassageClassifier):
        raise ModelError(f"{folder / WEIGHTS} holds a {type(classifier).__name__}, not a PassageClassifier.")
    return classifier


def _check_pipeline(card: ModelCard, folder: Path) -> None:
    wanted = PipelineIdentity(**card.pipeline)
    found = identify(wanted.name)
    if found.tokenisation != wanted.tokenisation:
        raise PipelineError(
            f"The model in {folder} was trained with {wanted.name} {wanted.version}, and the installed version "
            f"({found.version}) splits words otherwise, so its labels would not be the same. Install that version, "
            "or train the model anew."
        )


def _dump(classifier: PassageClassifier) -> bytes:
    data: bytes = skops.io.dumps(classifier, compression=zipfile.ZIP_DEFLATED)
    return data


def _fingerprint(data: bytes, classifier: PassageClassifier) -> str:
    """Digest of all that decides labels; the archive itself also holds memory addresses and the time of its making."""
    with zipfile.ZipFile(BytesIO(data)) as archive:
        arrays = sorted(
            hashlib.sha256(archive.read(name)).digest() for name in archive.namelist() if name.endswith(".npy")
        )
    rest = (classifier.scheme, classifier.pipeline, classifier.lemmas, classifier.doubt_)
    return hashlib.sha256(b"".join(arrays) + repr(rest).encode()).hexdigest()[:16]
