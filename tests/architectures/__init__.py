"""The example specs as a person writes them in Keras: for each a module with `build`, and `fit` where a spec has it.

Only the inputs, the outputs and the models have names here; the params of a spec are the arguments of `build`. The
models that Keras has itself are not written again: `tests/emitting/test_architectures.py` asks `keras.applications`.
"""
