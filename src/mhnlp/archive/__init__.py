"""Many letters in one run: fast, cut off at any time, and gone on with."""

from mhnlp.archive.progress import Progress
from mhnlp.archive.run import ArchiveResult, label_archive
from mhnlp.archive.state import Failure

__all__ = ["ArchiveResult", "Failure", "Progress", "label_archive"]
