"""One logistic regression a label, over a shared sparse matrix."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

import numpy as np
from joblib import Parallel, delayed
from sklearn.base import BaseEstimator
from sklearn.linear_model import LogisticRegression

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy import sparse

    Floats = NDArray[np.float64]


class LinearScorer(BaseEstimator):  # type: ignore[misc]
    """A bank of binary logistic regressions, one a label.

    Parameters
    ----------
    C
        Inverse strength of the L2 penalty.
    class_weight
        ``"balanced"`` or None, as in scikit-learn.
    n_jobs
        Labels fitted at once.

    Attributes
    ----------
    coef_ : ndarray of float32, shape (n_features, n_labels)
    intercept_ : ndarray of float64, shape (n_labels,)
    """

    def __init__(self, C: float = 3.0, class_weight: str | None = "balanced", n_jobs: int | None = None) -> None:
        self.C = C
        self.class_weight = class_weight
        self.n_jobs = n_jobs

    def fit(self, X: sparse.csr_matrix, y: NDArray[np.int_], sample_weight: Floats | None = None) -> Self:
        """Fit each label.

        Parameters
        ----------
        X
            Features, shape (n_texts, n_features).
        y
            Indicators, shape (n_texts, n_labels).
        sample_weight
            Weight of each text, shape (n_texts,).
        """
        # Threads share the matrix; SciPy's products let go of the interpreter's lock.
        fits = Parallel(n_jobs=self.n_jobs, prefer="threads")(
            delayed(self._fit_label)(X, y[:, label], sample_weight) for label in range(y.shape[1])
        )
        self.coef_ = np.column_stack([coef for coef, _ in fits]).astype(np.float32)
        self.intercept_ = np.array([intercept for _, intercept in fits])
        return self

    def decision_function(self, X: sparse.csr_matrix) -> Floats:
        """Log odds of each label, uncalibrated, shape (n_texts, n_labels)."""
        scores: Floats = np.asarray(X @ self.coef_, dtype=np.float64) + self.intercept_
        return scores

    def _fit_label(
        self,
        X: sparse.csr_matrix,
        y: NDArray[np.int_],
        sample_weight: Floats | None,
    ) -> tuple[Floats, float]:
        if y.min() == y.max():
            # A label that every text has, or none: no weights, and odds as Laplace's rule of succession gives them.
            odds = np.log1p(len(y))
            return np.zeros(X.shape[1]), float(odds if y[0] else -odds)
        model = LogisticRegression(C=self.C, class_weight=self.class_weight, solver="newton-cg", tol=1e-3, max_iter=200)
        model.fit(X, y, sample_weight=sample_weight)
        return model.coef_[0], float(model.intercept_[0])
