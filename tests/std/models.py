"""The example specs that are made of the standard library's blocks, written by hand with Keras."""

from __future__ import annotations

import keras
from keras import layers, ops

from tests.std.convolution import conv_norm
from tests.std.experts import expert_gate, expert_pool
from tests.std.inception import inception as module
from tests.std.pooling import attention_pooling, multi_head_pooling
from tests.std.recommendation import cross_layer, factorization_machine
from tests.std.residual import bottleneck_stage, residual_stage
from tests.std.sets import induced_set_attention, set_pooling
from tests.std.transformer import learned_positions, token_and_position, transformer_encoder
from tests.std.unet import unet_down, unet_pair, unet_up
from tests.std.wavenet import wavenet_stack


def deep_cross():
    fields = [keras.Input((), dtype="int32") for _ in range(6)]
    numbers = keras.Input((13,))
    vectors = [layers.Embedding(1000, 16)(field) for field in fields]
    x0 = layers.Concatenate()([*vectors, numbers])
    cross = x0
    for _ in range(3):
        cross = cross_layer(cross, x0, 109)
    deep = layers.Dense(128, activation="relu")(x0)
    deep = layers.Dense(64, activation="relu")(deep)
    both = layers.Concatenate()([cross, deep])
    return keras.Model([*fields, numbers], layers.Dense(1, activation="sigmoid")(both))


def deepfm():
    fields = [keras.Input((), dtype="int32") for _ in range(26)]
    weights = [layers.Embedding(1000, 1)(field) for field in fields]
    vectors = ops.stack([layers.Embedding(1000, 10)(field) for field in fields], axis=1)
    deep = layers.Flatten()(vectors)
    for _ in range(3):
        deep = layers.Dense(400, activation="relu")(deep)
    score = layers.Add()(weights) + factorization_machine(vectors) + layers.Dense(1)(deep)
    return keras.Model(fields, layers.Activation("sigmoid")(score))


def hierarchical_attention(sentences, words):
    def reader(x):
        x = layers.Bidirectional(layers.GRU(50, return_sequences=True))(x)
        return attention_pooling(x, 100)

    row = keras.Input((words,), dtype="int32")
    sentence = keras.Model(row, reader(layers.Embedding(20000, 200)(row)))
    document = keras.Input((sentences, words), dtype="int32")
    rating = layers.Dense(5, activation="softmax")(reader(layers.TimeDistributed(sentence)(document)))
    return keras.Model(document, rating)


def inception():
    def auxiliary(x):
        x = layers.AveragePooling2D(5, 3)(x)
        x = layers.Conv2D(128, 1, activation="relu")(x)
        x = layers.Dense(1024, activation="relu")(layers.Flatten()(x))
        return layers.Dense(1000, activation="softmax")(layers.Dropout(0.7)(x))

    def pool(x):
        return layers.MaxPooling2D(3, 2, padding="same")(x)

    image = keras.Input((224, 224, 3))
    x = pool(layers.Conv2D(64, 7, 2, padding="same", activation="relu")(image))
    x = layers.Conv2D(64, 1, activation="relu")(x)
    x = pool(layers.Conv2D(192, 3, padding="same", activation="relu")(x))
    x = module(x, 64, 96, 128, 16, 32, 32)
    x = pool(module(x, 128, 128, 192, 32, 96, 64))
    x = after_4a = module(x, 192, 96, 208, 16, 48, 64)
    x = module(x, 160, 112, 224, 24, 64, 64)
    x = module(x, 128, 128, 256, 24, 64, 64)
    x = after_4d = module(x, 112, 144, 288, 32, 64, 64)
    x = pool(module(x, 256, 160, 320, 32, 128, 128))
    x = module(x, 256, 160, 320, 32, 128, 128)
    x = module(x, 384, 192, 384, 48, 128, 128)
    x = layers.Dropout(0.4)(layers.GlobalAveragePooling2D()(x))
    classes = layers.Dense(1000, activation="softmax")(x)
    auxiliary_1, auxiliary_2 = auxiliary(after_4a), auxiliary(after_4d)
    named = [layers.Identity(name="auxiliary_1")(auxiliary_1), layers.Identity(name="auxiliary_2")(auxiliary_2)]
    return keras.Model(image, [classes, *named])


def local_experts():
    formants = keras.Input((2,))
    said = [layers.Dense(4, activation="softmax")(formants) for _ in range(4)]
    gate = layers.Dense(4, activation="softmax")(formants)
    return keras.Model(formants, ops.einsum("bev,be->bv", ops.stack(said, axis=1), gate))


def mixture_of_experts():
    features = keras.Input((40,))
    pool = expert_pool(features, 4, 16)
    outputs = []
    for _ in range(2):
        tower = layers.Dense(8, activation="relu")(expert_gate(pool, features, 4))
        outputs.append(layers.Dense(1, activation="sigmoid")(tower))
    return keras.Model(features, outputs)


def _resnet(stage, blocks, first, **more):
    image = keras.Input((224, 224, 3))
    x = conv_norm(image, 64, 7, 2)
    x = layers.MaxPooling2D(3, 2, padding="same")(x)
    for number, count in enumerate(blocks):
        strides, project = (2, True) if number else (1, first)
        x = stage(x, 64 * 2**number, count, strides, project, **{key: value(number) for key, value in more.items()})
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(image, layers.Dense(1000, activation="softmax")(x))


def resnet18():
    return _resnet(residual_stage, (2, 2, 2, 2), first=False)


def se_resnet():
    return _resnet(bottleneck_stage, (3, 4, 6, 3), first=True, squeezed=lambda number: 16 * 2**number)


def set_transformer():
    cloud = keras.Input((None, 3))
    x = layers.Dense(128)(cloud)
    for _ in range(2):
        x = induced_set_attention(x, 4, 16)
    x = set_pooling(layers.Dropout(0.5)(x), 4)[:, 0]
    return keras.Model(cloud, layers.Dense(40, activation="softmax")(layers.Dropout(0.5)(x)))


def transformer_classifier():
    text = keras.Input((200,), dtype="int32")
    x = token_and_position(text, 20000, 200, 32)
    x = transformer_encoder(x, 2, 32, 32)
    x = layers.Dropout(0.1)(layers.GlobalAveragePooling1D()(x))
    x = layers.Dropout(0.1)(layers.Dense(20, activation="relu")(x))
    return keras.Model(text, layers.Dense(2, activation="softmax")(x))


def translation():
    class Positions(layers.Layer):
        """The sum of a word's vector and its place's, without a mask of Keras's."""

        def __init__(self):
            super().__init__()
            self.words, self.places = layers.Embedding(15000, 256), layers.Embedding(65, 256)

        def call(self, tokens):
            places = ops.where(ops.equal(tokens, 0), 0, ops.arange(1, ops.shape(tokens)[1] + 1))
            return self.words(tokens) + self.places(places)

    def part(x, memory, mask, causal=False):
        attend = layers.MultiHeadAttention(8, 32)
        y = attend(x, memory, attention_mask=mask, use_causal_mask=causal)
        return layers.LayerNormalization(epsilon=1e-6)(x + layers.Dropout(0.1)(y))

    def forward(x):
        y = layers.Dense(256)(layers.Dense(1024, activation="relu")(x))
        return layers.LayerNormalization(epsilon=1e-6)(x + layers.Dropout(0.1)(y))

    source, target = keras.Input((None,), dtype="int32"), keras.Input((None,), dtype="int32")
    seen, said = (ops.not_equal(tokens, 0)[:, None, :] for tokens in (source, target))
    memory, x = Positions()(source), Positions()(target)
    for _ in range(2):
        memory = forward(part(memory, memory, seen))
    for _ in range(2):
        x = forward(part(part(x, x, said, causal=True), memory, seen))
    return keras.Model([source, target], layers.Dense(15000, activation="softmax")(x))


def unet():
    image = keras.Input((128, 128, 3))
    x, skips = image, []
    for filters in (32, 64, 128, 256):
        x, skip = unet_down(x, filters)
        skips.append(skip)
    x = unet_pair(x, 512)
    for filters in (256, 128, 64, 32):
        x = unet_up(x, skips.pop(), filters)
    return keras.Model(image, layers.Conv2D(3, 1, activation="softmax")(x))


def vision_transformer():
    image = keras.Input((224, 224, 3))
    x = layers.Reshape((196, 384))(layers.Conv2D(384, 16, 16)(image))
    x = learned_positions(x, 196, 384)
    for _ in range(12):
        x = transformer_encoder(x, 6, 64, 1536, activation="gelu", norm_first=True)
    x = multi_head_pooling(layers.LayerNormalization(epsilon=1e-6)(x), 384, 6, 64)
    return keras.Model(image, layers.Dense(1000, activation="softmax")(x))


def wavenet():
    audio = keras.Input((None,), dtype="int32")
    x = layers.Conv1D(64, 2, padding="causal")(ops.one_hot(audio, 256))
    _, skips = wavenet_stack(x, 64, 128, cycles=3)
    x = layers.Conv1D(256, 1, activation="relu")(layers.Activation("relu")(skips))
    return keras.Model(audio, layers.Conv1D(256, 1, activation="softmax")(x))


def efficientnet_b0():
    return keras.applications.EfficientNetB0(weights=None)


def mobilenet_v2():
    return keras.applications.MobileNetV2(weights=None)


def resnet50():
    return keras.applications.ResNet50(weights=None)
