"""https://keras.io/examples/structured_data/tabtransformer/, categories as class numbers."""

import keras
from keras import layers, ops

NUMBERS = ["age", "education_num", "capital_gain", "capital_loss", "hours_per_week"]
CATEGORIES = {
    "workclass": 9,
    "education": 16,
    "marital_status": 7,
    "occupation": 15,
    "relationship": 6,
    "race": 5,
    "gender": 2,
    "native_country": 42,
}


def mlp(units, dropout, activation, normalization):
    parts = []
    for each in units:
        parts += [normalization(), layers.Dense(each, activation=activation), layers.Dropout(dropout)]
    return keras.Sequential(parts)


def normalization():
    return layers.LayerNormalization(epsilon=1e-6)


def build(width=16, heads=4, depth=3, dropout=0.2):
    numbers = [keras.Input((1,), name=name) for name in NUMBERS]
    categories = [keras.Input((), dtype="int32", name=name) for name in CATEGORIES]
    encoded = [
        layers.Embedding(size, width)(column) for size, column in zip(CATEGORIES.values(), categories, strict=True)
    ]
    x = ops.stack(encoded, axis=1)
    for _ in range(depth):
        attended = layers.MultiHeadAttention(heads, width, dropout=dropout)(x, x)
        x = normalization()(layers.Add()([attended, x]))
        forward = mlp([width], dropout, "gelu", normalization)(x)
        x = normalization()(layers.Add()([forward, x]))
    x = layers.Flatten()(x)
    features = layers.concatenate([x, normalization()(layers.concatenate(numbers))])
    width = features.shape[-1]
    features = mlp([2 * width, width], dropout, "selu", layers.BatchNormalization)(features)
    rich = layers.Dense(1, activation="sigmoid", name="rich")(features)
    model = keras.Model([*numbers, *categories], rich, name="tab_transformer")
    model.compile(
        optimizer=keras.optimizers.AdamW(0.001, weight_decay=0.0001),
        loss="binary_crossentropy",
        metrics=[keras.metrics.BinaryAccuracy(name="accuracy")],
    )
    return model


def fit(model, x, y):
    return model.fit(x, y, epochs=15, batch_size=265)
