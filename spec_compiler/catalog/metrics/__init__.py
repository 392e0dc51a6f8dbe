"""Metrics: what is measured while a model is trained and tested; a module for each of their families."""
