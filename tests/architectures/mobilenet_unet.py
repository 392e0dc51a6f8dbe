"""After https://www.tensorflow.org/tutorials/images/segmentation, with the steps up of `unet.py`."""

import keras
from keras import layers

KEPT = ("expanded_conv_project_BN", "block_2_add", "block_5_add", "block_12_add")


def build(size=128, classes=3):
    image = keras.Input((size, size, 3), name="image")
    down = keras.applications.MobileNetV2(weights=None, include_top=False, input_tensor=image)
    x = down.get_layer("block_16_project_BN").output
    for filters, name in zip((512, 256, 128, 64), reversed(KEPT), strict=True):
        x = layers.Conv2DTranspose(filters, 2, strides=2)(x)
        x = layers.concatenate([x, down.get_layer(name).output])
        for _ in range(2):
            x = layers.Conv2D(filters, 3, padding="same", activation="relu")(x)
    mask = layers.Conv2DTranspose(classes, 2, strides=2, activation="softmax", name="mask")(x)
    model = keras.Model(image, mask, name="mobilenet_unet")
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model
