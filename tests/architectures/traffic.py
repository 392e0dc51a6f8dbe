"""https://keras.io/examples/timeseries/timeseries_traffic_forecasting/, over six roads."""

import keras
import tensorflow as tf
from keras import layers, ops

NEIGHBOURS = ((1, 2), (0, 2, 3), (0, 1), (1, 4, 5), (3, 5), (3, 4))


class GraphConv(layers.Layer):
    """Each road's own representation, and beside it the mean of its neighbours', by the same weights."""

    def __init__(self, out_feat, neighbours):
        super().__init__()
        edges = [(road, other) for road, near in enumerate(neighbours) for other in near]
        self.targets, self.sources = zip(*edges, strict=True)
        self.roads = len(neighbours)
        self.represent = layers.Dense(out_feat, use_bias=False)

    def call(self, features):
        messages = tf.math.unsorted_segment_mean(tf.gather(features, self.sources), self.targets, self.roads)
        return ops.concatenate([self.represent(features), self.represent(messages)], axis=-1)


class LSTMGC(layers.Layer):
    def __init__(self, past, future, neighbours):
        super().__init__(name="forecast")
        self.conv = GraphConv(10, neighbours)
        self.lstm = layers.LSTM(64, activation="relu")
        self.dense = layers.Dense(future)
        self.past, self.future, self.roads = past, future, len(neighbours)

    def call(self, inputs):
        x = self.conv(ops.transpose(inputs, [2, 0, 1, 3]))
        batch = ops.shape(x)[1]
        x = self.dense(self.lstm(ops.reshape(x, (-1, self.past, 20))))
        return ops.transpose(ops.reshape(x, (self.roads, batch, self.future)), [1, 2, 0])


def build(neighbours=NEIGHBOURS, past=12, future=3):
    speeds = keras.Input((past, len(neighbours), 1), name="speeds")
    model = keras.Model(speeds, LSTMGC(past, future, neighbours)(speeds), name="traffic")
    model.compile(optimizer=keras.optimizers.RMSprop(0.0002), loss="mse")
    return model


def fit(model, x, y):
    return model.fit(x, y, epochs=20, callbacks=[keras.callbacks.EarlyStopping(patience=10)])
