"""https://keras.io/examples/vision/retinanet/, with boxes and classes as two outputs, and the losses of Keras."""

import math

import keras
from keras import layers


def backbone(image):
    model = keras.applications.ResNet50(include_top=False, weights=None, input_tensor=image)
    ends = ("conv3_block4_out", "conv4_block6_out", "conv5_block3_out")
    return [model.get_layer(name).output for name in ends]


def feature_pyramid(c3, c4, c5):
    p3, p4, p5 = (layers.Conv2D(256, 1, padding="same")(each) for each in (c3, c4, c5))
    p4 = layers.Add()([p4, layers.UpSampling2D(2)(p5)])
    p3 = layers.Add()([p3, layers.UpSampling2D(2)(p4)])
    p3, p4, p5 = (layers.Conv2D(256, 3, padding="same")(each) for each in (p3, p4, p5))
    p6 = layers.Conv2D(256, 3, strides=2, padding="same")(c5)
    p7 = layers.Conv2D(256, 3, strides=2, padding="same")(layers.ReLU()(p6))
    return p3, p4, p5, p6, p7


def build_head(values, bias):
    head = keras.Sequential([keras.Input((None, None, 256))])
    for _ in range(4):
        normal = keras.initializers.RandomNormal(0.0, 0.01)
        head.add(layers.Conv2D(256, 3, padding="same", activation="relu", kernel_initializer=normal))
    normal = keras.initializers.RandomNormal(0.0, 0.01)
    bias = keras.initializers.Constant(bias)
    head.add(layers.Conv2D(values, 3, padding="same", kernel_initializer=normal, bias_initializer=bias))
    return head


def build(size=640, classes=80, anchors=9):
    image = keras.Input((size, size, 3), name="image")
    features = feature_pyramid(*backbone(image))
    box_head = build_head(4 * anchors, 0.0)
    class_head = build_head(classes * anchors, -math.log((1 - 0.01) / 0.01))
    boxes = [layers.Reshape((-1, 4))(box_head(feature)) for feature in features]
    scores = [layers.Reshape((-1, classes))(class_head(feature)) for feature in features]
    outputs = [layers.Concatenate(1, name="boxes")(boxes), layers.Concatenate(1, name="classes")(scores)]
    model = keras.Model(image, outputs, name="retinanet")
    rate = keras.optimizers.schedules.PiecewiseConstantDecay(
        [125, 250, 500, 240000, 360000], [2.5e-06, 0.000625, 0.00125, 0.0025, 0.00025, 2.5e-05]
    )
    focal = keras.losses.BinaryFocalCrossentropy(apply_class_balancing=True, from_logits=True)
    model.compile(optimizer=keras.optimizers.SGD(rate, momentum=0.9), loss=["huber", focal])
    return model
