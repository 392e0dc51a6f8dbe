"""Whole specs, drawn from the catalogue: what is accepted runs, what is written comes back."""
