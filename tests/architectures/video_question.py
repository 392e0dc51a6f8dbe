"""https://keras.io/getting-started/functional-api-guide, as it was for Keras 2, with a smaller vision model."""

import keras
from keras import layers


def build_vision(width=32):
    picture = keras.Input((64, 64, 3))
    x = layers.Conv2D(width, 3, activation="relu")(picture)
    x = layers.Conv2D(width, 3, activation="relu")(x)
    x = layers.MaxPooling2D(2)(x)
    x = layers.Conv2D(2 * width, 3, activation="relu")(x)
    x = layers.Conv2D(2 * width, 3, activation="relu")(x)
    return keras.Model(picture, layers.GlobalAveragePooling2D()(x), name="vision")


def build(frames=20, words=10000, answers=1000):
    video = keras.Input((frames, 64, 64, 3), name="video")
    question = keras.Input((100,), dtype="int32", name="question")
    x = layers.TimeDistributed(build_vision())(video)
    watched = layers.LSTM(256)(x)
    x = layers.Embedding(words, 256)(question)
    asked = layers.LSTM(128)(x)
    both = layers.concatenate([watched, asked])
    answer = layers.Dense(answers, activation="softmax", name="answer")(both)
    model = keras.Model([video, question], answer, name="video_question")
    model.compile(optimizer="rmsprop", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model
