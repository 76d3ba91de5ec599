"""Covers for what has no picture of its own."""
