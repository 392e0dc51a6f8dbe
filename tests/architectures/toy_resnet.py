"""https://keras.io/guides/functional_api/"""

import keras
from keras import layers


def residual(x):
    y = layers.Conv2D(64, 3, activation="relu", padding="same")(x)
    y = layers.Conv2D(64, 3, activation="relu", padding="same")(y)
    return layers.add([y, x])


def build():
    image = keras.Input((32, 32, 3), name="image")
    x = layers.Conv2D(32, 3, activation="relu")(image)
    x = layers.Conv2D(64, 3, activation="relu")(x)
    x = layers.MaxPooling2D(3)(x)
    x = residual(x)
    x = residual(x)
    x = layers.Conv2D(64, 3, activation="relu")(x)
    x = layers.GlobalAveragePooling2D()(x)
    x = layers.Dense(256, activation="relu")(x)
    x = layers.Dropout(0.5)(x)
    logits = layers.Dense(10, name="logits")(x)
    model = keras.Model(image, logits, name="toy_resnet")
    model.compile(
        optimizer=keras.optimizers.RMSprop(1e-3),
        loss=keras.losses.CategoricalCrossentropy(from_logits=True),
        metrics=["acc"],
    )
    return model


def fit(model, x, y):
    return model.fit(x, y, epochs=1, batch_size=64, validation_split=0.2)
