"""Initializers: what a weight is before training."""
