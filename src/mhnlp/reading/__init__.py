"""From a file to a `Letter`: one module a format behind `read_letter`."""

from mhnlp.reading._builder import ReadingLimits
from mhnlp.reading._read import SUFFIXES, example_letter, read_letter, read_letters

__all__ = ["SUFFIXES", "ReadingLimits", "example_letter", "read_letter", "read_letters"]
