"""Kim (2014), https://arxiv.org/abs/1408.5882, with the settings of its section 3.1."""

import keras
from keras import layers


def build(words=20000, classes=2, widths=(3, 4, 5)):
    sentence = keras.Input((None,), dtype="int32", name="sentence")
    vectors = layers.Embedding(words, 300)(sentence)
    found = []
    for width in widths:
        x = layers.Conv1D(100, width, activation="relu")(vectors)
        found.append(layers.GlobalMaxPooling1D()(x))
    x = layers.concatenate(found)
    x = layers.Dropout(0.5)(x)
    norm = keras.constraints.MaxNorm(3)
    label = layers.Dense(classes, activation="softmax", kernel_constraint=norm, name="label")(x)
    model = keras.Model(sentence, label, name="text_cnn")
    model.compile(
        optimizer=keras.optimizers.Adadelta(1.0), loss="sparse_categorical_crossentropy", metrics=["accuracy"]
    )
    return model


def fit(model, x, y):
    return model.fit(x, y, epochs=25, batch_size=50)
