"""Optimizers: how training changes the weights."""
