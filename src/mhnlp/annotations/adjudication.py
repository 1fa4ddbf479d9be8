"""Disagreements as a table to decide in, and the decisions back."""
