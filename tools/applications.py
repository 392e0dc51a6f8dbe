#!/usr/bin/env python3
"""Makes the blocks of `std/applications`, one file for each architecture of `keras.applications`, of these themselves.

Each is built by Keras at several settings, lifted into a spec and folded. Where the settings differ, the block has a
condition or an expression. With `--check`, nothing is written, and stale files are an error. It needs TensorFlow, and
takes some minutes; names of architectures, as arguments, are all that is made then.
"""

from __future__ import annotations

import argparse
import inspect
import sys
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from spec_compiler.emitting.spec.data import spec_data  # noqa: E402
from spec_compiler.emitting.spec.folding.fold import fold_block  # noqa: E402
from spec_compiler.emitting.spec.folding.references import references, under  # noqa: E402
from spec_compiler.emitting.spec.text import data_text  # noqa: E402
from spec_compiler.formatting.format import format_spec  # noqa: E402
from spec_compiler.lift_model import from_keras  # noqa: E402
from spec_compiler.reading.source import Source  # noqa: E402

FOLDER = ROOT / "spec_compiler/std/applications"
WIDTH = 120

Nodes = dict[str, dict[str, Any]]

_SIZES = ((107, 97), (75, 98), (93, 84), (135, 121))
"""Heights and widths at which architectures are built whose layers depend on them."""

_PADDING = [[1, 1], [1, 1]]
"""What a `ZeroPadding2D` adds by default."""

_CLASSES = 7
_ACTIVATION = "sigmoid"


def main() -> int:
    """Make or check, and return the exit code."""
    parser = argparse.ArgumentParser(description="Make the blocks of `std/applications`.")
    parser.add_argument("names", nargs="*", metavar="NAME", help="the architectures, as ResNet50; all by default")
    parser.add_argument("--check", action="store_true", help="write nothing; fail if something is stale")
    options = parser.parse_args()
    stale = []
    for name in options.names or architectures():
        path = FOLDER / f"{name.lower()}.yaml"
        text = Architecture(name).text()
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            stale.append(path)
            if not options.check:
                FOLDER.mkdir(exist_ok=True)
                path.write_text(text, encoding="utf-8")
            print(f"{'stale' if options.check else 'made'}: {path.relative_to(ROOT)}", flush=True)
    return int(bool(options.check and stale))


def architectures() -> list[str]:
    """The names of the architectures of Keras that are made."""
    import keras

    return sorted(name for name, made in vars(keras.applications).items() if inspect.isfunction(made))


class Architecture:
    """An architecture, as Keras builds it at several settings."""

    def __init__(self, name: str) -> None:
        import keras

        self.name = name
        self.build = getattr(keras.applications, name)
        self.has_preprocessing = "include_preprocessing" in inspect.signature(self.build).parameters
        self.whole = self.spec()
        self.size = self.whole["nodes"]["image"]["shape"]
        self.odd = self.spec(include_top=False, pooling="max", input_shape=(*_SIZES[0], 3))
        self.averaged = self.without_classifier()
        self.featured = self.averaged["nodes"]["image"]["shape"]
        others = {"include_preprocessing": False} if self.has_preprocessing else {}
        self.other = self.spec(classes=_CLASSES, classifier_activation=_ACTIVATION, **others)

    def spec(self, **settings: Any) -> dict[str, Any]:
        """The data of the spec of the architecture, without weights; its input is called `image`."""
        import keras

        keras.backend.clear_session()
        with warnings.catch_warnings(), keras.StatelessScope(initialize_variables=False):
            warnings.simplefilter("ignore")  # sizes for which there are no published weights
            model = self.build(weights=None, **settings)
        data = spec_data(from_keras(model), defaults=False)
        (image,) = data["inputs"]
        nodes = {
            "image" if key == image else key: {**node, "inputs": under(node["inputs"], {image: "image"})}
            if "inputs" in node
            else node
            for key, node in data["nodes"].items()
        }
        return {**data, "nodes": nodes, "inputs": ["image"]} | ({"image": image} if image != "image" else {})

    def without_classifier(self) -> dict[str, Any]:
        """The spec without the classifier, for the size that Keras takes there, or that of the whole model.

        Where no size is known, NASNetLarge does not halve what skips a cell, and takes no image of any size.
        """
        found = self.spec(include_top=False, pooling="avg")
        if len(found["nodes"]) == len(self.odd["nodes"]):
            return found
        return self.spec(include_top=False, pooling="avg", input_shape=tuple(self.size))

    def text(self) -> str:
        """The file of the block."""
        body = self.body()
        params = self.params(body)
        folded = fold_block({key: _in_order(node) for key, node in body.items()}, self.end, self.name)
        own = folded["blocks"].pop(self.name)
        block = {
            "description": self.description(),
            "x-example": f"image: {{type: Input, shape: {self.size}}}\nresult: {{type: {self.name}, inputs: image}}\n",
            "params": params,
            **{key: value for key, value in own.items() if key != "params"},
            "inputs": ["image"],
        }
        data = {
            "spec": 1,
            "description": f"{self.name} as `keras.applications` has it.",
            **({"defaults": folded["defaults"]} if "defaults" in folded else {}),
            "blocks": {
                self.name: {
                    key: block[key] for key in ("description", "x-example", "params", "inputs", "nodes", "outputs")
                },
                **folded["blocks"],
            },
        }
        text = f"# Made by tools/applications.py; do not edit.\n{data_text(data, width=WIDTH)}"
        formatted = format_spec(Source.text(text)).after
        assert formatted is not None, self.name
        return formatted

    def description(self) -> str:
        """What is said of the block."""
        about = (
            f"{self.name} with the arguments, the layers and their names of `keras.applications.{self.name}`, so that "
            "the files of weights that Keras publishes fit."
        )
        if self.pads:
            about += " `image` has the height and width that `input_shape` says."
        return about

    def params(self, body: Nodes) -> dict[str, Any]:
        """The params of the block: Keras's arguments."""
        params: dict[str, Any] = {
            "include_top": {"default": True, "description": "whether the classifier is there"},
        }
        if self.has_preprocessing:
            params["include_preprocessing"] = {
                "default": True,
                "description": "whether pixels from 0 to 255 are scaled first",
            }
        if self.pads:
            known = self.featured[0] is not None
            without = str(self.featured) if known else "sizes that can be halved again and again"
            params["input_shape"] = {
                "default": None,
                "description": f"the shape of `image`; null for {self.size} with the classifier, and without it for "
                f"{without}",
            }
            params["odd"] = {
                "default": self.odd_sizes(),
                "type": "list",
                "description": "whether height and width are odd after so many halvings; it follows from `input_shape`",
            }
        params["pooling"] = {
            "default": None,
            "choices": [None, "avg", "max"],
            "description": "how the result is pooled without the classifier",
        }
        params["classes"] = {"default": 1000, "type": "int", "min": 1, "description": "how many classes there are"}
        params["classifier_activation"] = {
            "default": "softmax",
            "description": "the activation of the classifier; null for logits",
        }
        written = repr(body)
        return {name: param for name, param in params.items() if name in written or name in ("odd", "input_shape")}

    # The body

    def body(self) -> Nodes:
        """The nodes of the block: those of the whole model, what pools without a classifier, and conditions."""
        self.pads = False
        whole, averaged, largest = self.whole["nodes"], self.averaged["nodes"], self.odd["nodes"]
        common = [
            key
            for key, node in whole.items()
            if all(key in other and _same_but_pads(node, other[key]) for other in (averaged, largest))
        ]
        rest = [key for key in averaged if key not in common]
        self.end = _source(averaged, rest[0]) if rest else common[-1]
        body: Nodes = {key: {**averaged[key]} for key in common if key != "image"}
        self.vary(body)
        body |= self.head(whole, common, rest)
        for key, node in body.items():
            node.setdefault("name", key)
        if self.has_preprocessing:
            self.condition_preprocessing(body)
        return body

    def head(self, whole: Nodes, common: list[str], rest: list[str]) -> Nodes:
        """What stands behind the features: poolings and the classifier, each with its condition."""
        classifier = [key for key in whole if key not in common]
        found: Nodes = {}

        def add(key: str, node: Mapping[str, Any], condition: str) -> None:
            own = key if key not in found else f"{key}_of_classifier"
            found[own] = {**node, "name": key, "when": f"${{{condition}}}", "inputs": self.end}
            self.end = own

        for key in rest:
            node = self.averaged["nodes"][key]
            if node["type"] != "GlobalAveragePooling2D":
                add(key, node, "not include_top")
                continue
            is_of_both = key in classifier and _arguments(whole[key]) == _arguments(node)
            if is_of_both:
                classifier.remove(key)
            add(key, node, "include_top or pooling == 'avg'" if is_of_both else "not include_top and pooling == 'avg'")
            (largest,) = (k for k, other in self.odd["nodes"].items() if other["type"] == "GlobalMaxPooling2D")
            add(largest, self.odd["nodes"][largest], "not include_top and pooling == 'max'")
        for key in classifier:
            add(key, self.of_settings(whole[key], self.other["nodes"][key]), "include_top")
        return found

    def of_settings(self, node: Any, other: Any) -> Any:
        """A node of the classifier, with params for the number of classes and the activation."""
        if isinstance(node, dict):
            return {key: self.of_settings(value, other[key]) for key, value in node.items()}
        if isinstance(node, list):
            return [self.of_settings(*pair) for pair in zip(node, other, strict=True)]
        if node == other:
            return node
        return {_CLASSES: "${classes}", _ACTIVATION: "${classifier_activation}"}[other]

    def condition_preprocessing(self, body: Nodes) -> None:
        """Make conditional what is not there without preprocessing."""
        for key, node in body.items():
            if key not in self.other["nodes"] and "when" not in node:
                node["when"] = "${include_preprocessing}"

    # What depends on the size of the image

    def vary(self, body: Nodes) -> None:
        """Write expressions where the nodes depend on the size of the image."""
        if all(body[key] == self.odd["nodes"][key] for key in body):
            return
        self.pads = True
        specs = [
            self.averaged,
            self.odd,
            *(self.spec(include_top=False, input_shape=(*size, 3)) for size in _SIZES[1:]),
        ]
        varying = {
            key: [spec["nodes"][key].get("padding", _PADDING) for spec in specs]
            for key in body
            if any(spec["nodes"][key] != body[key] for spec in specs)
        }
        for self.first in _FIRST:
            try:
                written = {key: self.padding(paddings) for key, paddings in varying.items()}
            except LookupError:
                continue
            for key, padding in written.items():
                body[key] = {**body[key], "padding": padding}
            return
        raise LookupError(f"it is not known how {self.name} depends on the size of the image")

    def padding(self, values: list[Any]) -> Any:
        """A padding as an expression in which sizes are odd.

        Raises:
            LookupError: It depends on the size otherwise.
        """
        for depth in range(7):
            try:
                return [
                    [self.element([value[axis][side] for value in values], axis, depth) for side in (0, 1)]
                    for axis in (0, 1)
                ]
            except LookupError:
                continue
        raise LookupError("no expression")

    def element(self, column: list[int], axis: int, depth: int) -> Any:
        """One number of a padding, after so many halvings of one axis.

        Raises:
            LookupError: It depends on the size otherwise.
        """
        if len(set(column)) == 1:
            return column[0]
        first = _FIRST[self.first]
        sizes = (self.featured[axis], *(size[axis] for size in _SIZES))
        odd = [0 if size is None else _halved(first(size), depth) % 2 for size in sizes]
        least = {value - each for value, each in zip(column, odd, strict=True)}
        if len(least) > 1:
            raise LookupError("no expression")
        more = f" + {least.pop()}" if least != {0} else ""
        return f"${{odd[{axis}][{depth}]{more}}}"

    def odd_sizes(self) -> str:
        """The expression of the sizes that are odd after so many halvings."""
        without = str(self.featured).replace("None", "null")
        whole = str(self.size).replace("None", "null")
        known = f"input_shape if input_shape != null else {whole} if include_top else {without}"
        halved = f"({self.first} + 2 ** d - 1) // 2 ** d % 2"
        return f"${{[[0 if n == null else {halved} for d in range(7)] for n in ({known})[:2]]}}"


_FIRST = {"n": lambda size: size, "(n - 1) // 2": lambda size: (size - 1) // 2}
"""What a size is before it is halved: itself, or that after a convolution without padding."""


def _halved(size: int, times: int) -> int:
    return (size + 2**times - 1) // 2**times


def _in_order(node: Mapping[str, Any]) -> dict[str, Any]:
    """A node with its keys in the order in which a person writes them."""
    ends = ("when", "inputs")
    return {
        key: node[key]
        for key in dict.fromkeys(("type", "name", *(k for k in node if k not in ends), *ends))
        if key in node
    }


def _arguments(node: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in node.items() if key not in ("inputs", "padding")}


def _same_but_pads(node: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two nodes are one at two sizes."""
    if node["type"] == "Input":
        return True
    return _arguments(node) == _arguments(other) and node["inputs"] == other["inputs"]


def _source(nodes: Nodes, key: str) -> str:
    (found,) = references(nodes[key]["inputs"])
    return found


if __name__ == "__main__":
    sys.exit(main())
