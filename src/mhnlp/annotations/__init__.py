"""Annotated letters: reading, checking, writing, and how far coders agree."""
