"""Data held against what a model wants of it."""
