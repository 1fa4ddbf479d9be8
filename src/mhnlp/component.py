"""The spaCy component ``mhnlp``: labels passages inside any Dutch pipeline.

spaCy finds it by its entry point, so that ``nlp.add_pipe("mhnlp")`` needs no import of this package.
"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import srsly
from spacy.language import Language
from spacy.tokens import Doc, Span

from mhnlp.labels import LabelScheme
from mhnlp.letter import Letter
from mhnlp.results import LabelledLetter, LabelledPassage

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mhnlp.model import Model

DATA = "mhnlp"
"""Where a Doc's `user_data` holds the labels, as plain values that spaCy can serialise."""


@Language.factory(
    "mhnlp",
    assigns=["doc.spans", "doc._.mhnlp", "span._.pillars", "span._.sentiment", "span._.uncertain"],
    default_config={"model": None, "unit": "passage", "spans_key": "mhnlp"},
)
def make_labeller(
    nlp: Language,
    name: str,  # noqa: ARG001 - spaCy gives both to every factory
    model: str | None,
    unit: Literal["passage", "sentence"],
    spans_key: str,
) -> Labeller:
    """Make the component; spaCy calls this for ``nlp.add_pipe("mhnlp", config=...)``.

    Raises
    ------
    ValueError
        If the pipeline is not for Dutch.
    """
    if nlp.lang != "nl":
        raise ValueError(f"mhnlp labels Dutch text, and this pipeline is for the language {nlp.lang!r}, not 'nl'")
    return Labeller(model, unit=unit, spans_key=spans_key)


class Labeller:
    """Labels the passages of a Doc, which holds a letter or a part of one.

    Parameters
    ----------
    model
        Name or folder of a model, as `mhnlp.load_model` takes it; None for the package's own. It is loaded when the
        first text is labelled.
    unit
        Whether passages are labelled, or sentences.
    spans_key
        The key of `Doc.spans` for the labels.

    Notes
    -----
    ``doc.spans[spans_key]`` gets, for each passage, a span for each pillar and one for the sentiment, with the
    probabilities in ``attrs["scores"]``. ``doc._.mhnlp`` is the `LabelledLetter`. ``span._.pillars``,
    ``span._.sentiment`` and ``span._.uncertain`` are those of the passage in which any span begins, such as an entity
    or a sentence; outside passages they are empty, None and False. A text that is not Dutch is an error, which
    ``nlp.set_error_handler`` can pass over; one without running text has no passages.

    Examples
    --------
    >>> import spacy
    >>> nlp = spacy.blank("nl")
    >>> labeller = nlp.add_pipe("mhnlp")
    >>> doc = nlp("De wachttijd voor de opvang van slachtoffers is helaas opgelopen.")
    >>> [span.label_ for span in doc.spans["mhnlp"]]
    ['shelter', 'negative']
    >>> doc[4:5]._.pillars, doc[4:5]._.sentiment
    (('shelter',), 'negative')
    """

    def __init__(
        self, model: str | None = None, *, unit: Literal["passage", "sentence"] = "passage", spans_key: str = "mhnlp"
    ) -> None:
        self.source = model
        self.unit = unit
        self.spans_key = spans_key
        self._model: Model | None = None
        _set_extensions()

    @property
    def labelling_model(self) -> Model:
        """The model, loaded when first asked for; not ``model``, for which spaCy looks in every component."""
        if self._model is None:
            self._model = _load(self.source)
        return self._model

    def __call__(self, doc: Doc) -> Doc:
        """Label a Doc."""
        from mhnlp.pipeline import label_letter  # noqa: PLC0415 - as in `_load`

        letter = label_letter(Letter(doc.text), self.labelling_model, self.unit)
        spans: list[Span] = []
        scores: list[float] = []
        for passage in letter:
            for label in (*passage.pillars, passage.sentiment):
                spans.append(_span(doc, passage, label))
                scores.append(passage.probabilities[label])
        doc.spans[self.spans_key] = spans
        doc.spans[self.spans_key].attrs["scores"] = np.array(scores)
        doc.user_data[DATA] = {
            "passages": [asdict(passage) for passage in letter],
            "model": letter.model,
            "scheme": asdict(letter.scheme),
        }
        return doc

    def to_disk(self, path: str | Path, *, exclude: Iterable[str] = ()) -> None:  # noqa: ARG002
        """Save the model, so that the pipeline is whole wherever it is loaded."""
        self.labelling_model.save(path)

    def from_disk(self, path: str | Path, *, exclude: Iterable[str] = ()) -> Labeller:  # noqa: ARG002
        """Load the model that was saved with the pipeline."""
        self._model = _load(path)
        return self

    def to_bytes(self, *, exclude: Iterable[str] = ()) -> bytes:  # noqa: ARG002
        """Give the model's files as bytes."""
        with TemporaryDirectory() as folder:
            files = {path.name: path.read_bytes() for path in self.labelling_model.save(folder).iterdir()}
        return bytes(srsly.msgpack_dumps(files))

    def from_bytes(self, data: bytes, *, exclude: Iterable[str] = ()) -> Labeller:  # noqa: ARG002
        """Load the model from its files' bytes."""
        with TemporaryDirectory() as folder:
            for name, content in srsly.msgpack_loads(data).items():
                Path(folder, Path(name).name).write_bytes(content)
            self._model = _load(folder)
        return self


def _load(source: str | Path | None) -> Model:
    # spaCy imports the factories of all packages with any pipeline, which must not bring the models along.
    from mhnlp.model import load_model  # noqa: PLC0415

    return load_model(source)


def _span(doc: Doc, passage: LabelledPassage, label: str) -> Span:
    """The tokens that a passage covers, whole where it begins or ends within one."""
    span = doc.char_span(passage.start, passage.end, label=label, alignment_mode="expand")
    if span is None:
        raise ValueError(f"no tokens from {passage.start} to {passage.end} in a text of {len(doc.text)} characters")
    return span


def _set_extensions() -> None:
    getters = {"pillars": _pillars, "sentiment": _sentiment, "uncertain": _is_uncertain}
    if not Doc.has_extension("mhnlp"):
        Doc.set_extension("mhnlp", getter=_labelled_letter)
    for name, getter in getters.items():
        if not Span.has_extension(name):
            Span.set_extension(name, getter=getter)


def _labelled_letter(doc: Doc) -> LabelledLetter | None:
    """The labelled letter that a Doc holds; None if it was not labelled."""
    data = doc.user_data.get(DATA)
    if data is None:
        return None
    scheme = LabelScheme(tuple(data["scheme"]["pillars"]), tuple(data["scheme"]["sentiments"]))
    passages = tuple(LabelledPassage(**{**each, "pillars": tuple(each["pillars"])}) for each in data["passages"])
    return LabelledLetter(Letter(doc.text), passages, data["model"], scheme)


def _passage_of(span: Span) -> dict[str, Any]:
    passages = span.doc.user_data.get(DATA, {"passages": []})["passages"]
    return next((each for each in passages if each["start"] <= span.start_char < each["end"]), {})


def _pillars(span: Span) -> tuple[str, ...]:
    return tuple(_passage_of(span).get("pillars", ()))


def _sentiment(span: Span) -> str | None:
    return _passage_of(span).get("sentiment")


def _is_uncertain(span: Span) -> bool:
    return bool(_passage_of(span).get("uncertain", False))
