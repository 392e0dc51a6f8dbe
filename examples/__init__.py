"""Specs that are trained on data that ships with scikit-learn, or is made up."""
