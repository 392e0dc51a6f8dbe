"""Callbacks: what happens between the epochs of training."""
