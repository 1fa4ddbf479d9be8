"""From a file to a `Letter`: one module a format behind `read_letter`."""

from mhnlp.reading._read import SUFFIXES, read_letter

__all__ = ["SUFFIXES", "read_letter"]
