"""Judging a subject, and being able to prove it."""
