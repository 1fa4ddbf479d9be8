"""From a file to a `Letter`: one module a format behind `read_letter`."""

from mhnlp.reading._read import SUFFIXES, example_letter, read_letter

__all__ = ["SUFFIXES", "example_letter", "read_letter"]
