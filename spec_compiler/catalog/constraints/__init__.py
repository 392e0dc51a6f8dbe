"""Constraints: what a weight is forced into after each step of training."""
