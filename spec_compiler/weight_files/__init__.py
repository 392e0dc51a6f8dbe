"""Files of weights that Keras has written: what layers they hold, and the values; without Keras."""
