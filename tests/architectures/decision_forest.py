"""https://keras.io/examples/structured_data/deep_neural_decision_forests/, on 16 numbers, with four trees."""

import keras
import numpy as np
from keras import layers, ops

USED = (
    (0, 3, 5, 6, 9, 10, 12, 15),
    (1, 2, 4, 7, 8, 11, 13, 14),
    (0, 1, 2, 3, 8, 9, 10, 11),
    (4, 5, 6, 7, 12, 13, 14, 15),
)


class NeuralDecisionTree(layers.Layer):
    def __init__(self, used, features, depth, classes):
        super().__init__()
        self.mask = np.eye(features, dtype="float32")[list(used)]
        self.depth = depth
        self.leaves = layers.Embedding(2**depth, classes)
        self.decision_fn = layers.Dense(2**depth, activation="sigmoid")

    def call(self, features):
        features = ops.matmul(features, ops.transpose(self.mask))
        decisions = ops.expand_dims(self.decision_fn(features), axis=2)
        decisions = ops.concatenate([decisions, 1 - decisions], axis=2)
        mu = ops.ones((ops.shape(features)[0], 1, 1))
        begin, end = 1, 2
        for level in range(self.depth):
            mu = ops.reshape(mu, (-1, 2**level, 1))
            mu = ops.tile(mu, (1, 1, 2)) * decisions[:, begin:end, :]
            begin, end = end, end + 2 ** (level + 1)
        mu = ops.reshape(mu, (-1, 2**self.depth))
        chances = ops.softmax(self.leaves(ops.arange(2**self.depth)))
        return ops.matmul(mu, chances)


def build(features=16, classes=2, depth=4, used=USED):
    inputs = keras.Input((features,), name="features")
    x = layers.BatchNormalization()(inputs)
    trees = [NeuralDecisionTree(each, features, depth, classes)(x) for each in used]
    model = keras.Model(inputs, layers.Average(name="chance")(trees), name="decision_forest")
    model.compile(
        optimizer=keras.optimizers.Adam(0.01),
        loss="sparse_categorical_crossentropy",
        metrics=["sparse_categorical_accuracy"],
    )
    return model


def fit(model, x, y):
    return model.fit(x, y, epochs=10, batch_size=265)
