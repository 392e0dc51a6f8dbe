"""The models that are built both from a spec and by hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import keras

CHAIN = 400
STAGES = (32, 64, 128, 256)
BLOCKS = 4


def spec_of(name: str) -> str:
    """The path or the text of a spec."""
    return {"news": "specs/news.yaml", "tweets": "specs/tweets.yaml", "chain": chain(CHAIN), "resnet": resnet()}[name]


def chain(layers: int, units: int = 8) -> str:
    """A spec: so many dense layers, one after another."""
    lines = ["spec: 1", "nodes:", f"  x: {{type: Input, shape: [{units}]}}"]
    before = "x"
    for number in range(layers):
        lines.append(f"  dense_{number}: {{type: Dense, units: {units}, activation: relu, inputs: {before}}}")
        before = f"dense_{number}"
    lines += ["outputs:", f"  {before}: {{loss: mse}}", "compile: {optimizer: sgd}", "lint: {ignore: [SC616]}"]
    return "\n".join(lines) + "\n"


def resnet() -> str:
    """A spec: a residual network, every node written out."""
    lines = ["spec: 1", "nodes:", "  image: {type: Input, shape: [64, 64, 3]}"]

    def node(name: str, text: str) -> str:
        lines.append(f"  {name}: {{{text}}}")
        return name

    def conv(name: str, filters: int, size: int, strides: int, x: str) -> str:
        arguments = f"filters: {filters}, kernel_size: {size}, strides: {strides}, padding: same, use_bias: false"
        made = node(f"{name}_conv", f"type: Conv2D, {arguments}, inputs: {x}")
        return node(f"{name}_norm", f"type: BatchNormalization, inputs: {made}")

    x = node("stem", f"type: ReLU, inputs: {conv('stem', STAGES[0], 3, 1, 'image')}")
    for stage, filters in enumerate(STAGES):
        for block in range(BLOCKS):
            name = f"s{stage}b{block}"
            strides = 2 if stage and not block else 1
            y = node(f"{name}_relu", f"type: ReLU, inputs: {conv(f'{name}_a', filters, 3, strides, x)}")
            y = conv(f"{name}_b", filters, 3, 1, y)
            if strides != 1:
                x = conv(f"{name}_c", filters, 1, strides, x)
            x = node(name, f"type: ReLU, inputs: {node(f'{name}_sum', f'type: add, inputs: [{y}, {x}]')}")
    x = node("pool", f"type: GlobalAveragePooling2D, inputs: {x}")
    node("label", f"type: Dense, units: 10, activation: softmax, inputs: {x}")
    lines += [
        "outputs:",
        "  label: {loss: categorical_crossentropy, metrics: [accuracy]}",
        "compile: {optimizer: adam}",
    ]
    return "\n".join(lines) + "\n"


# The same by hand


def by_hand(name: str) -> keras.Model:
    """The same model, written in Keras."""
    makers: dict[str, Callable[[], keras.Model]] = {
        "news": _news,
        "tweets": _tweets,
        "chain": _chain,
        "resnet": _resnet,
        "resnet50": _resnet50,
    }
    return makers[name]()


def _news() -> keras.Model:
    import keras
    from keras import layers

    main_input = keras.Input((100,), dtype="int32", name="main_input")
    x = layers.Embedding(10000, 512)(main_input)
    lstm = layers.LSTM(32)(x)
    aux_output = layers.Dense(1, activation="sigmoid", name="aux_output")(lstm)
    aux_input = keras.Input((5,), name="aux_input")
    x = layers.concatenate([lstm, aux_input])
    for _ in range(3):
        x = layers.Dense(64, activation="relu")(x)
    main_output = layers.Dense(1, activation="sigmoid", name="main_output")(x)
    model = keras.Model([main_input, aux_input], [main_output, aux_output])
    model.compile(
        "rmsprop",
        loss=["binary_crossentropy", "binary_crossentropy"],
        loss_weights=[1.0, 0.2],
        metrics=[["accuracy"], []],
    )
    return model


def _tweets() -> keras.Model:
    import keras
    from keras import layers

    tweet_a, tweet_b = keras.Input((280, 256), name="tweet_a"), keras.Input((280, 256), name="tweet_b")
    encoder = layers.LSTM(64)
    x = layers.concatenate([encoder(tweet_a), encoder(tweet_b)])
    same_author = layers.Dense(1, activation="sigmoid", name="same_author")(x)
    model = keras.Model([tweet_a, tweet_b], same_author)
    model.compile("rmsprop", loss="binary_crossentropy", metrics=["accuracy"])
    return model


def _chain() -> keras.Model:
    import keras
    from keras import layers

    x = first = keras.Input((8,))
    for _ in range(CHAIN):
        x = layers.Dense(8, activation="relu")(x)
    model = keras.Model(first, x)
    model.compile("sgd", loss="mse")
    return model


def _resnet50() -> keras.Model:
    import keras

    return keras.applications.ResNet50(weights=None)


def _resnet() -> keras.Model:
    import keras
    from keras import layers

    def conv(x: object, filters: int, size: int, strides: int) -> object:
        x = layers.Conv2D(filters, size, strides, padding="same", use_bias=False)(x)
        return layers.BatchNormalization()(x)

    image = keras.Input((64, 64, 3))
    x = layers.ReLU()(conv(image, STAGES[0], 3, 1))
    for stage, filters in enumerate(STAGES):
        for block in range(BLOCKS):
            strides = 2 if stage and not block else 1
            y = layers.ReLU()(conv(x, filters, 3, strides))
            y = conv(y, filters, 3, 1)
            if strides != 1:
                x = conv(x, filters, 1, strides)
            x = layers.ReLU()(layers.add([y, x]))
    x = layers.GlobalAveragePooling2D()(x)
    model = keras.Model(image, layers.Dense(10, activation="softmax")(x))
    model.compile("adam", loss="categorical_crossentropy", metrics=["accuracy"])
    return model
