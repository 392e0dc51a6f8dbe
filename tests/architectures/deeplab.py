"""https://keras.io/examples/vision/deeplabv3_plus/, on the ends of the backbone's stages, as in the paper."""

import keras
from keras import layers, ops


def convolution_block(x, filters=256, kernel=3, dilation=1, use_bias=False):
    x = layers.Conv2D(
        filters, kernel, dilation_rate=dilation, padding="same", use_bias=use_bias, kernel_initializer="he_normal"
    )(x)
    return ops.relu(layers.BatchNormalization()(x))


def spatial_pyramid_pooling(x):
    side = x.shape[1]
    pooled = layers.AveragePooling2D(side)(x)
    pooled = convolution_block(pooled, kernel=1, use_bias=True)
    pooled = layers.UpSampling2D(side, interpolation="bilinear")(pooled)
    seen = [convolution_block(x, kernel=1)]
    seen += [convolution_block(x, dilation=dilation) for dilation in (6, 12, 18)]
    return convolution_block(layers.Concatenate()([pooled, *seen]), kernel=1)


def build(size=512, classes=20):
    image = keras.Input((size, size, 3), name="image")
    x = keras.applications.resnet50.preprocess_input(image)
    resnet = keras.applications.ResNet50(include_top=False, weights=None, input_tensor=x)
    x = spatial_pyramid_pooling(resnet.get_layer("conv4_block6_out").output)
    x = layers.UpSampling2D(4, interpolation="bilinear")(x)
    details = resnet.get_layer("conv2_block3_out").output
    x = layers.Concatenate()([x, convolution_block(details, filters=48, kernel=1)])
    x = convolution_block(convolution_block(x))
    x = layers.UpSampling2D(4, interpolation="bilinear")(x)
    part = layers.Conv2D(classes, 1, padding="same", name="part")(x)
    model = keras.Model(image, part, name="deeplab")
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer=keras.optimizers.Adam(0.001), loss=loss, metrics=["accuracy"])
    return model


def fit(model, x, y):
    return model.fit(x, y, epochs=25)
