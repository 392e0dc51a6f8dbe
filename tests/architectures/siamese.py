"""Koch et al. (2015), https://www.cs.cmu.edu/~rsalakhu/papers/oneshot1.pdf, figure 4."""

import keras
from keras import layers, ops


def convolution(x, filters, kernel):
    return layers.Conv2D(filters, kernel, activation="relu", kernel_regularizer="l2")(x)


def build_twin():
    letter = keras.Input((105, 105, 1))
    x = letter
    for filters, kernel in ((64, 10), (128, 7), (128, 4)):
        x = convolution(x, filters, kernel)
        x = layers.MaxPooling2D(2)(x)
    x = convolution(x, 256, 4)
    x = layers.Flatten()(x)
    code = layers.Dense(4096, activation="sigmoid", kernel_regularizer="l2")(x)
    return keras.Model(letter, code, name="twin")


def build():
    twin = build_twin()
    letter_a = keras.Input((105, 105, 1), name="letter_a")
    letter_b = keras.Input((105, 105, 1), name="letter_b")
    distance = ops.abs(layers.subtract([twin(letter_a), twin(letter_b)]))
    same = layers.Dense(1, activation="sigmoid", name="same")(distance)
    model = keras.Model([letter_a, letter_b], same, name="siamese")
    model.compile(optimizer=keras.optimizers.SGD(0.01, momentum=0.5), loss="binary_crossentropy", metrics=["accuracy"])
    return model


def fit(model, x, y):
    return model.fit(x, y, epochs=200, batch_size=128)
