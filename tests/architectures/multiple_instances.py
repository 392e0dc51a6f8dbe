"""https://keras.io/examples/vision/attention_mil_classification/"""

import keras
from keras import layers, ops


class MILAttentionLayer(layers.Layer):
    """The share that each instance has in its bag."""

    def __init__(self, width):
        super().__init__()
        self.content = self.dense(width, "tanh")
        self.gate = self.dense(width, "sigmoid")
        self.score = self.dense(1, None)

    def dense(self, units, activation):
        penalty = keras.regularizers.L2(0.01)
        return layers.Dense(units, activation=activation, use_bias=False, kernel_regularizer=penalty)

    def call(self, inputs):
        scores = [self.score(self.content(x) * self.gate(x)) for x in inputs]
        shares = ops.softmax(ops.stack(scores), axis=0)
        return [shares[index] for index in range(len(inputs))]


def build(instances=3, side=28, width=256):
    return build_all(instances, side, width)[0]


def build_all(instances=3, side=28, width=256):
    dense_1, dense_2 = (layers.Dense(units, activation="relu") for units in (128, 64))
    pictures = [keras.Input((side, side), name=f"picture_{i}") for i in range(instances)]
    embeddings = [dense_2(dense_1(layers.Flatten()(picture))) for picture in pictures]
    shares = MILAttentionLayer(width)(embeddings)
    weighed = [layers.multiply(each) for each in zip(shares, embeddings, strict=True)]
    label = layers.Dense(2, activation="softmax", name="label")(layers.concatenate(weighed, axis=1))
    model = keras.Model(pictures, label, name="multiple_instances")
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model, keras.Model(pictures, layers.Concatenate(name="shares")(shares), name="attention")


def fit(model, x, y):
    return model.fit(x, y, epochs=20, batch_size=1, callbacks=[keras.callbacks.EarlyStopping(patience=10)])
