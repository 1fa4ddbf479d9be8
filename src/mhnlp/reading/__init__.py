"""From a file to a `Letter`: one module a format behind `read_letter`."""

from mhnlp.reading._builder import ReadingLimits
from mhnlp.reading._read import DEFAULT_LIMITS, example_letter, parse_letter, read_letter, read_letters, read_place
from mhnlp.reading.containers import Place, close_containers, letters_at, members, metadata_file, status_of
from mhnlp.reading.kinds import SUFFIXES, is_letter

__all__ = [
    "DEFAULT_LIMITS",
    "SUFFIXES",
    "Place",
    "ReadingLimits",
    "close_containers",
    "example_letter",
    "is_letter",
    "letters_at",
    "members",
    "metadata_file",
    "parse_letter",
    "read_letter",
    "read_letters",
    "read_place",
    "status_of",
]
