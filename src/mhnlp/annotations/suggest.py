"""Which passages of an archive are worth annotating next.

Least confidence (Lewis and Gale, "A sequential algorithm for training text classifiers", SIGIR 1994) with diversity by
clusters (Zhdanov, "Diverse mini-batch active learning", 2019), beside a share at random: what is chosen for being hard
cannot tell how common a label is, what is chosen at random can.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np
from sklearn.cluster import KMeans
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import HashingVectorizer, TfidfVectorizer

from mhnlp.errors import MhnlpError
from mhnlp.frames import require, split_labels, texts_of, years_of
from mhnlp.traces import digests

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from mhnlp.annotations.corpus import AnnotatedCorpus
    from mhnlp.results import LabelledLetter, LabelledLetters

    Floats = NDArray[np.float64]
    Rows = NDArray[np.int_]

RANDOM_SHARE = 0.3
CANDIDATES = 5
"""How many of the least sure passages, for each that is wanted, are chosen from; at most half of all."""
ALIKE = 0.85
"""Cosine of word pairs from which two passages are near-duplicates."""
DIMENSIONS = 50
SHOWN = ("passage", "letter", "heading", "text")


def suggest(
    labels: pd.DataFrame | LabelledLetters | LabelledLetter,
    n: int,
    *,
    annotated: AnnotatedCorpus | None = None,
    random_share: float = RANDOM_SHARE,
    show_labels: bool = False,
    seed: int = 0,
) -> pd.DataFrame:
    """Choose passages of an archive to annotate next.

    Parameters
    ----------
    labels
        Labels as `LabelledLetters.to_frame` gives them, or what has that method.
    n
        How many passages.
    annotated
        What is annotated already; near-duplicates of it are left out.
    random_share
        Share of the passages to draw at random from all that are not annotated. These alone tell how common a label
        is, weighted by the column ``weight``. The others are those of which the model is least sure, spread over
        subjects, letters and, where a column ``date`` or ``year`` tells them, years.
    show_labels
        Whether to fill in the model's labels. A coder who sees them agrees too readily.
    seed
        Seed of the choice.

    Returns
    -------
    DataFrame
        In random order, a row a passage: ``passage`` (its letter and number), ``letter, heading, text``, empty
        ``pillars`` and ``sentiment`` to fill in, ``chosen`` (``"random"`` or ``"unsure"``) and ``weight``: for a
        random passage the number of passages that it stands for, for another 0.

    Raises
    ------
    MhnlpError
        If columns are missing, or `n` or `random_share` make no sense.

    Examples
    --------
    >>> import mhnlp
    >>> labels = mhnlp.classify(mhnlp.example_letter(), model="fast")
    >>> suggest(labels, 3)["chosen"].value_counts().to_dict()
    {'unsure': 2, 'random': 1}
    """
    table = _table(labels)
    _check(n, random_share)
    fresh = table[~_near(table["text"].tolist(), annotated)]
    n_random = min(round(n * random_share), len(fresh))
    random = np.random.default_rng(seed)
    drawn = np.sort(random.permutation(len(fresh))[:n_random])
    rest = fresh.iloc[np.setdiff1d(np.arange(len(fresh)), drawn)]
    rest = rest[~_repeated(rest["text"].tolist(), fresh["text"].iloc[drawn].tolist())]
    unsure = rest.iloc[_diverse(rest, min(n - n_random, len(rest)), seed)]
    chosen = fresh.iloc[drawn].assign(chosen="random", weight=len(fresh) / max(n_random, 1))
    return _file(chosen, unsure.assign(chosen="unsure", weight=0.0), show_labels=show_labels, random=random)


def _table(labels: pd.DataFrame | LabelledLetters | LabelledLetter) -> pd.DataFrame:
    import pandas as pd  # noqa: PLC0415 - slow to import, and needed here alone

    table = labels if isinstance(labels, pd.DataFrame) else labels.to_frame()
    require(table, ("letter", "text", "pillars", "sentiment"))
    table = table.reset_index(drop=True)
    number = table["passage"] if "passage" in table.columns else table.groupby("letter").cumcount() + 1
    heading = texts_of(table["heading"]) if "heading" in table.columns else ""
    table = table.assign(
        passage=table["letter"].astype(str) + "#" + number.astype(str),
        heading=heading,
        text=texts_of(table["text"]),
        pillars=texts_of(table["pillars"]),
    )
    return table[table["text"].str.strip() != ""].reset_index(drop=True)


def _check(n: int, random_share: float) -> None:
    if n < 1:
        raise MhnlpError(f"the number of passages is at least 1, not {n}")
    if not 0 <= random_share <= 1:
        raise MhnlpError(f"the share at random lies between 0 and 1, not at {random_share}")


def _near(texts: Sequence[str], annotated: AnnotatedCorpus | None) -> NDArray[np.bool_]:
    """Whether each text is a near-duplicate of an annotated one."""
    if annotated is None or not len(annotated):
        return np.zeros(len(texts), dtype=bool)
    pairs = HashingVectorizer(analyzer="word", ngram_range=(1, 2), n_features=2**20, alternate_sign=False)
    known = pairs.transform(annotated.texts).T.tocsr()
    rows = pairs.transform(texts).tocsr()
    blocks = [rows[start : start + 2000] @ known for start in range(0, len(texts), 2000)]
    return np.concatenate([np.asarray(each.max(axis=1).todense()).ravel() >= ALIKE for each in blocks])


def _repeated(texts: Sequence[str], before: Sequence[str]) -> NDArray[np.bool_]:
    """Whether each text occurs among those before it, but for capitals and white space."""
    own = digests([*before, *texts])
    first = np.zeros(len(own), dtype=bool)
    first[np.unique(own, return_index=True)[1]] = True
    return ~first[len(before) :]


def _doubt(table: pd.DataFrame) -> Floats:
    """Number of wrong decisions that the model expects on each passage."""
    pillars, sentiments = split_labels(table)
    own = table["pillars"].str.split()
    wrong = 1 - table[[f"p_{each}" for each in sentiments]].max(axis=1).to_numpy(dtype=np.float64)
    for pillar in pillars:
        given = np.array([pillar in each for each in own], dtype=bool)
        probability = table[f"p_{pillar}"].to_numpy(dtype=np.float64)
        wrong = wrong + np.where(given, 1 - probability, probability)
    return wrong


def _diverse(table: pd.DataFrame, n: int, seed: int) -> Rows:
    """Positions of the least sure passages, one a cluster of subjects, spread over letters and years."""
    if n == 0:
        return np.array([], dtype=int)
    doubt = _doubt(table)
    candidates = np.argsort(-doubt, kind="stable")[: max(n, min(n * CANDIDATES, len(table) // 2))]
    clusters = _clusters(table["text"].iloc[candidates].tolist(), n, seed)
    letters = table["letter"].astype(str).to_numpy()[candidates]
    years = years_of(table)
    years = np.full(len(candidates), "") if years is None else years[candidates]
    # Candidates come by doubt, so that of equally rare ones the least sure is taken.
    return np.asarray(candidates[_spread(list(zip(clusters, years, letters, strict=True)), n)])


def _spread(positions: Sequence[Sequence[object]], n: int) -> list[int]:
    """Choose rows one by one, each the first of those whose cluster, year and letter were taken least often."""
    counts: Counter[tuple[int, object]] = Counter()
    left = list(range(len(positions)))
    taken: list[int] = []
    for _ in range(n):
        best = min(left, key=lambda row: [counts[kind, value] for kind, value in enumerate(positions[row])])
        left.remove(best)
        taken.append(best)
        counts.update(enumerate(positions[best]))
    return taken


def _clusters(texts: Sequence[str], n: int, seed: int) -> Rows:
    """Cluster of each text by the words that it uses; as many clusters as passages are wanted."""
    # A word more, so that texts of signs alone have one too.
    words = TfidfVectorizer(sublinear_tf=True, analyzer=lambda text: ["", *text.lower().split()])
    features = words.fit_transform(texts)
    if features.shape[1] > DIMENSIONS < len(texts):
        features = TruncatedSVD(DIMENSIONS, random_state=seed).fit_transform(features)
    n_clusters = min(n, len(set(texts)))
    found: Rows = KMeans(n_clusters, n_init=1, random_state=seed).fit_predict(features)
    return found


def _file(*parts: pd.DataFrame, show_labels: bool, random: np.random.Generator) -> pd.DataFrame:
    """Put the chosen passages together in random order, so that their place tells the coder nothing."""
    import pandas as pd  # noqa: PLC0415 - slow to import, and needed here alone

    chosen = pd.concat(parts, ignore_index=True)
    chosen = chosen.iloc[random.permutation(len(chosen))].reset_index(drop=True)
    if not show_labels:
        chosen = chosen.assign(pillars="", sentiment="")
    return chosen[[*SHOWN, "pillars", "sentiment", "chosen", "weight"]]
