"""https://keras.io/getting-started/functional-api-guide, as it was for Keras 2."""

import keras
from keras import layers


def build(size=224, words=10000, answers=1000):
    image = keras.Input((size, size, 3), name="image")
    question = keras.Input((100,), dtype="int32", name="question")
    x = layers.Conv2D(64, 3, activation="relu", padding="same")(image)
    x = layers.Conv2D(64, 3, activation="relu")(x)
    x = layers.MaxPooling2D(2)(x)
    x = layers.Conv2D(128, 3, activation="relu", padding="same")(x)
    x = layers.Conv2D(128, 3, activation="relu")(x)
    x = layers.MaxPooling2D(2)(x)
    x = layers.Conv2D(256, 3, activation="relu", padding="same")(x)
    x = layers.Conv2D(256, 3, activation="relu")(x)
    x = layers.Conv2D(256, 3, activation="relu")(x)
    x = layers.MaxPooling2D(2)(x)
    seen = layers.Flatten()(x)
    x = layers.Embedding(words, 256)(question)
    asked = layers.LSTM(256)(x)
    both = layers.concatenate([asked, seen])
    answer = layers.Dense(answers, activation="softmax", name="answer")(both)
    model = keras.Model([image, question], answer, name="visual_question")
    model.compile(optimizer="rmsprop", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model
