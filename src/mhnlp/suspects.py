"""Codes that may be mistakes: those that a model contradicts which was not trained on their letter.

Confident learning (Northcutt, Jiang and Chuang, "Confident Learning: Estimating Uncertainty in Dataset Labels", Journal
of Artificial Intelligence Research 70, 2021) on the out-of-fold probabilities that training makes anyway: a passage is
a candidate where its probability of another code is at least the mean probability of that code among the passages that
have it. The package cleanlab does the same and more; its multi-label part takes one list of labels a passage, without
the exclusive sentiment beside it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mhnlp.errors import ModelError

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from mhnlp.model import Model

    Floats = NDArray[np.float64]


def label_errors(model: Model) -> pd.DataFrame:
    """Find codes that may be mistakes, the most doubtful first.

    Parameters
    ----------
    model
        A model as `train` gives it.

    Returns
    -------
    DataFrame
        A row a passage and doubtful code: ``passage, letter, code`` (what was coded), ``model`` (what the model would
        code), ``p_code, p_model`` (its probabilities of both) and ``text``. Many a row is the model's mistake.

    Raises
    ------
    ModelError
        If the model was loaded from a folder: the passages that it was trained on are not kept.

    Examples
    --------
    >>> import mhnlp
    >>> coded = mhnlp.AnnotatedCorpus("coded", mhnlp.load_corpus()[:60])
    >>> model = mhnlp.train(coded, classifier=mhnlp.PassageClassifier(penalties=(3.0,), class_weights=(None,)))
    >>> list(label_errors(model).columns)
    ['passage', 'letter', 'code', 'model', 'p_code', 'p_model', 'text']
    """
    import pandas as pd  # noqa: PLC0415 - slow to import, and needed here alone

    if model.held_out is None:
        raise ModelError("codes are doubted by a model just trained, not by one loaded; train it anew")
    corpus, probabilities = model.held_out.corpus, model.held_out.probabilities
    rows = []
    n = len(corpus.scheme.pillars)
    for k, pillar in enumerate(corpus.scheme.pillars):
        two = np.column_stack([1 - probabilities[:, k], probabilities[:, k]])
        rows += _doubtful(two, corpus.y[:, k], (f"not {pillar}", pillar))
    rows += _doubtful(probabilities[:, n:], corpus.y[:, n:].argmax(axis=1), corpus.scheme.sentiments)
    rows.sort(key=lambda row: (row[3] - row[4], row[0]))
    records = [
        {
            "passage": corpus[index].id,
            "letter": corpus[index].letter,
            "code": code,
            "model": other,
            "p_code": p_code,
            "p_model": p_other,
            "text": corpus[index].text,
        }
        for index, code, other, p_code, p_other in rows
    ]
    return pd.DataFrame(records, columns=["passage", "letter", "code", "model", "p_code", "p_model", "text"])


def _doubtful(
    probabilities: Floats, codes: NDArray[np.int_], names: tuple[str, ...]
) -> list[tuple[int, str, str, float, float]]:
    """Index, code and other code with their probabilities, of each passage whose code is doubtful."""
    present = np.unique(codes)
    thresholds = np.full(probabilities.shape[1], np.inf)
    thresholds[present] = [probabilities[codes == code, code].mean() for code in present]
    confident = np.where(probabilities >= thresholds, probabilities, -1.0)
    best = confident.argmax(axis=1)
    found = np.flatnonzero((confident.max(axis=1) > 0) & (best != codes))
    return [
        (
            int(index),
            names[codes[index]],
            names[best[index]],
            float(probabilities[index, codes[index]]),
            float(probabilities[index, best[index]]),
        )
        for index in found
        if probabilities[index, best[index]] > probabilities[index, codes[index]]
    ]
