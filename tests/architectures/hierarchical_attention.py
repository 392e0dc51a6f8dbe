"""Yang et al. (2016), https://aclanthology.org/N16-1174, section 2.2; its training is that of section 3.3."""

import keras
from keras import layers, ops


class Context(layers.Layer):
    """The score of each step: how well it fits a learned vector; equations 5 to 7."""

    def build(self, shape):
        self.vector = self.add_weight(shape=(shape[-1],), name="scale")

    def call(self, keys):
        return ops.sum(ops.tanh(keys) * self.vector, axis=-1)


def reader(x):
    x = layers.Bidirectional(layers.GRU(50, return_sequences=True))(x)
    shares = ops.softmax(Context()(layers.Dense(100)(x)), axis=1)
    return ops.sum(x * ops.expand_dims(shares, -1), axis=1)


def build(vocabulary=20000, sentences=15, words=25, ratings=5):
    row = keras.Input((words,), dtype="int32")
    sentence = keras.Model(row, reader(layers.Embedding(vocabulary, 200)(row)))
    document = keras.Input((sentences, words), dtype="int32", name="document")
    rating = layers.Dense(ratings, activation="softmax", name="rating")(
        reader(layers.TimeDistributed(sentence)(document))
    )
    model = keras.Model(document, rating, name="hierarchical_attention")
    model.compile(
        optimizer=keras.optimizers.SGD(0.01, momentum=0.9),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    return model


def fit(model, x, y):
    return model.fit(x, y, batch_size=64)
