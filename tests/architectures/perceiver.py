"""https://keras.io/examples/vision/perceiver_image_classification/, without augmentation and dropout of scores."""

import keras
from keras import layers, ops


class LearnedVectors(layers.Layer):
    """Rows of a table, the same for each sample."""

    def __init__(self, count, width):
        super().__init__()
        self.count = count
        self.table = layers.Embedding(count, width)

    def call(self, x):
        vectors = self.table(ops.arange(self.count))
        return ops.broadcast_to(vectors, (ops.shape(x)[0], *vectors.shape))


def ffn(width, dropout):
    dense = [layers.Dense(width, activation="gelu"), layers.Dense(width)]
    return keras.Sequential([*dense, layers.Dropout(dropout)])


def norm(x):
    return layers.LayerNormalization(epsilon=1e-6)(x)


def cross_attention(latents, data, width, dropout):
    latents, data = norm(latents), norm(data)
    query, key, value = layers.Dense(width)(latents), layers.Dense(width)(data), layers.Dense(width)(data)
    x = layers.Attention(use_scale=True, dropout=0.1)([query, value, key])
    x = norm(layers.Add()([x, latents]))
    return layers.Add()([ffn(width, dropout)(x), x])


def transformer(x, width, heads, dropout):
    normal = norm(x)
    attended = layers.MultiHeadAttention(heads, width, dropout=0.1)(normal, normal)
    x = layers.Add()([attended, x])
    return layers.Add()([ffn(width, dropout)(norm(x)), x])


def build_round(latents, length, width, heads, depth, dropout):
    latent, data = keras.Input((latents, width)), keras.Input((length, width))
    x = cross_attention(latent, data, width, dropout)
    for _ in range(depth):
        x = transformer(x, width, heads, dropout)
    return keras.Model([latent, data], x)


def build(size=64, patch=2, latents=256, width=256, heads=8, depth=4, rounds=2, classes=100, dropout=0.2):
    image = keras.Input((size, size, 3), name="image")
    patches = layers.Reshape((-1, 3 * patch**2))(ops.image.extract_patches(image, patch))
    data = layers.Dense(width)(patches)
    data = layers.Add()([data, LearnedVectors((size // patch) ** 2, width)(data)])
    x = LearnedVectors(latents, width)(data)
    ask = build_round(latents, data.shape[1], width, heads, depth, dropout)
    for _ in range(rounds):
        x = ask([x, data])
    x = layers.GlobalAveragePooling1D()(x)
    x = layers.Dense(width, activation="gelu")(x)
    model = keras.Model(image, layers.Dense(classes, name="class")(x), name="perceiver")
    model.compile(
        optimizer=keras.optimizers.Lamb(0.001, weight_decay=0.0001),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=[
            keras.metrics.SparseCategoricalAccuracy(name="acc"),
            keras.metrics.SparseTopKCategoricalAccuracy(5, name="top5-acc"),
        ],
    )
    return model


def fit(model, x, y):
    callbacks = [
        keras.callbacks.EarlyStopping(patience=15, restore_best_weights=True),
        keras.callbacks.ReduceLROnPlateau(factor=0.2, patience=3),
    ]
    return model.fit(x, y, epochs=50, batch_size=64, validation_split=0.1, callbacks=callbacks)
