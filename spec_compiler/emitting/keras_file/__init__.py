"""TypedGraph → the files of Keras, without Keras.

    TypedGraph ─ trace ─▶ TracedModel ─┬─ configuration ─▶ config.json, Keras's JSON
             operations and calls,     ├─ states, optimizer_state ─ initial_values ─ hdf5 ─▶ model.weights.h5
             in Keras's order          └─ archive ─▶ .keras

What only Keras can write raises `OnlyKerasCanError` in `trace`, before anything is written.
"""
