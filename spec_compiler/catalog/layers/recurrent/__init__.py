"""Recurrent layers: loops over the steps of sequences."""
