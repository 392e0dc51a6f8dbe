"""Regularizers: what is added to the loss for the size of a weight or of an output."""
