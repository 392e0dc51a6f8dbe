"""A functional model, read → the nodes, layers and blocks of a spec."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from spec_compiler.catalog.dtypes import is_float
from spec_compiler.catalog.keras_config.deserialize import (
    ConfigPath,
    NoConfigError,
    UnreadableConfigError,
    deserialize_call,
)
from spec_compiler.catalog.keras_config.form import ConfigData
from spec_compiler.catalog.keras_config.kinds import shortest_of_float32
from spec_compiler.catalog.layers.base import Operation
from spec_compiler.catalog.layers.core.identity import Identity
from spec_compiler.catalog.layers.core.input import Input
from spec_compiler.catalog.ops.base import Op
from spec_compiler.catalog.registry import usual_name
from spec_compiler.catalog.spec_values import SpecValues, type_name
from spec_compiler.language.names import NAME, NAME_RULE, keras_name_problem, node_name_of
from spec_compiler.lifting.keras_model import KerasModel, KerasOperation, Tensor, TensorOperand, operands_in
from spec_compiler.lifting.masks import CallKey, implicit_masks, live_calls
from spec_compiler.lifting.operations import Operations, node_of
from spec_compiler.lifting.run import LiftingRun
from spec_compiler.lifting.training import LiftedTraining


class UniqueNames:
    """Names for what stands in one model, each once."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def new(self, name: str, also: Collection[str] = ()) -> str:
        """A name like another one that is formed as names of nodes are, and not taken yet."""
        key = base = node_name_of(name) if not name.startswith("x-") else f"_{name}"
        number = 2
        while key in self._taken or key in also:
            key = f"{base}_{number}"
            number += 1
        self._taken.add(key)
        return key


class SpecWriter:
    """Lifts one functional model: the whole, or one inside it, which becomes a block.

    Args:
        run: What is known of the whole.
        model: The model.
    """

    def __init__(self, run: LiftingRun, model: KerasModel) -> None:
        self.run = run
        self.model = model
        self.place: ConfigPath = ()
        self.names = UniqueNames()
        operations = Operations(run, model)
        self.configs, self.inside, self.bound = operations.configs, operations.inside, operations.bound
        self.keys: dict[CallKey, str] = {}
        self.layer_keys: dict[str, str] = dict.fromkeys(operations.held, "")
        self.layers: ConfigData = {}
        self.nodes: ConfigData = {}
        self.implicit = implicit_masks(model, self.bound)
        self.live = live_calls(model, self.implicit, self.bound)
        self.taken = {tensor for name, number in self.live for tensor in model.operations[name].calls[number].tensors()}
        self.name_all()
        # All is read before anything is written, so that all that cannot be said is found in one run.
        self.writers = {name: SpecWriter(run, inside) for name, inside in self.inside.items()}

    # Names

    def name_all(self) -> None:
        """Name the nodes and shared layers: what is called once is a node, and what more is called is shared."""
        for operation in self.model.operations.values():
            calls = [number for number in range(len(operation.calls)) if (operation.name, number) in self.live]
            is_layer = operation.name in self.inside or not isinstance(self.configs.get(operation.name), Op)
            if not calls:
                continue
            shared = is_layer and (len(calls) > 1 or operation.name in self.inside or operation.name in self.layer_keys)
            if not shared:
                for number in calls:
                    self.keys[operation.name, number] = self.names.new(operation.name)
                continue
            key = self.names.new(operation.name)
            self.layer_keys[operation.name] = key
            if len(calls) == 1:
                self.keys[operation.name, calls[0]] = key
                continue
            for number in calls:
                self.keys[operation.name, number] = self.names.new(
                    f"{operation.name}_{number + 1}", self.model.operations
                )
        for name, key in self.layer_keys.items():
            if not key:
                self.layer_keys[name] = self.names.new(name)

    # Writing

    def write(self) -> None:
        """Write out all shared layers and nodes."""
        for name, key in self.layer_keys.items():
            self.run.places[(*self.place, "layers", key)] = self.config_path(name)
            if name in self.inside:
                self.layers[key] = self.nested(name, key)
            elif name in self.configs:
                self.layers[key] = self.layer(self.configs[name], name, key)
        for operation, number in self.in_order():
            with self.run.reporting(operation.calls[number].path, operation.name):
                self.write_call(operation, number)

    def in_order(self) -> Iterator[tuple[KerasOperation, int]]:
        """The calls in the order of the configuration."""
        for operation in self.model.operations.values():
            for number in range(len(operation.calls)):
                if (operation.name, number) in self.keys:
                    yield operation, number

    def config_path(self, name: str) -> ConfigPath:
        """Where the arguments of a layer stand."""
        operation = self.model.operations.get(name)
        if operation is not None:
            return (*operation.path, "config")
        return self.inside[name].path if name in self.inside else self.model.path

    def layer(self, config: Operation, name: str, key: str) -> ConfigData:
        """A layer or an op: its type, its name and its arguments."""
        return {"type": usual_name(type_name(config)), **self.named(name, key), **self.values(name).arguments(config)}

    def named(self, name: str, key: str) -> ConfigData:
        """The name of a layer, if that is not its key."""
        if keras_name_problem(name) is None:
            return {"name": name} if name != key else {}
        self.run.changed(
            f"the layer `{name}` is called `{key}`: a name is of letters, digits, `_`, `.`, `-` and `>`",
            self.config_path(name),
        )
        return {}

    def values(self, owner: str = "") -> SpecValues:
        """What writes values as a spec has them."""
        return SpecValues(defaults=False, shared=lambda name: self.layer_keys[name], owner=owner)

    def write_call(self, operation: KerasOperation, number: int) -> None:
        """Write out one call as a node."""
        call = operation.calls[number]
        key = self.keys[operation.name, number]
        place = (*self.place, "nodes", key)
        self.run.places[place] = (*operation.path, "config")
        self.run.places[(*place, "inputs")] = call.path
        if operation.name in self.inside:
            self.nodes[key] = {"use": self.layer_keys[operation.name], **self.model_call(operation, number, key)}
            return
        config = self.configs.get(operation.name)
        if config is None:
            return
        if isinstance(config, Op):
            self.nodes[key] = self.op_call(operation, number, key)
            return
        shared = self.layer_keys.get(operation.name)
        data = {"use": shared} if shared is not None else self.layer(config, operation.name, key)
        if (operation.name, number) in self.bound:
            arguments = self.bound[operation.name, number].arguments
            data |= self.layer_call(config, arguments, self.implicit.get((operation.name, number)))
        self.nodes[key] = data

    def op_call(self, operation: KerasOperation, number: int, key: str) -> ConfigData:
        """A call of an op with what flows in; the operation's name is that of its first call."""
        found = deserialize_call(operation.data, node_of(operation.calls[number]))
        calls = [each.name for each in found.op.calls]
        inputs = {
            name: self.operand(found.operands[name], key) for name in calls if found.operands.get(name) is not None
        }
        data = self.layer(found.op, operation.name if number == 0 else key, key)
        required = [each.name for each in found.op.positional_tensors()]
        return data | ({"inputs": _inputs(inputs, required)} if inputs else {})

    def layer_call(
        self, config: Operation, arguments: Mapping[str, Any], implicit: frozenset[str] | None
    ) -> ConfigData:
        """What flows into a call of a layer, and its flags."""
        flags = [each.name for each in config.calls if each.kind == "flag"]
        inputs = {
            name: self.operand(value, "")
            for name, value in arguments.items()
            if value is not None and name not in flags and name not in (implicit or ()) and not _is_nothing(value)
        }
        call = {name: arguments[name] for name in flags if arguments.get(name) is not None}
        if _is_default_training(config, arguments):
            call.pop("training", None)
        first = [each.name for each in config.calls[:1]]
        data: ConfigData = {"inputs": _inputs(inputs, first)} if inputs else {}
        return data | ({"call": call} if call else {})

    def operand(self, value: Any, key: str) -> Any:
        """What flows in: a reference, a number, a list of them, or a constant."""
        if isinstance(value, TensorOperand):
            return self.reference(value.tensor)
        if isinstance(value, list):
            # A list of constants alone would be one constant.
            in_list = any(isinstance(item, TensorOperand) for item in value) or len(value) < 2
            found = [self.operand(item, key) if in_list else self.named_operand(item, key) for item in value]
            return found[0] if len(found) == 1 and isinstance(found[0], list) else found
        if isinstance(value, (int, float)):
            return value
        if isinstance(value, dict) and value.get("class_name") in ("__numpy__", "__tensor__"):
            return self.constant(value, key)
        raise UnreadableConfigError("something flows into a call that is no tensor, which a spec cannot say")

    def named_operand(self, value: Any, key: str) -> Any:
        """What flows in, as a reference if it is a constant."""
        found = self.operand(value, key)
        if not isinstance(found, list):
            return found
        name = self.names.new(f"{key}_constant")
        self.nodes[name] = {"type": "ops.convert_to_tensor", "inputs": found}
        return name

    def constant(self, value: ConfigData, key: str) -> Any:
        """A constant: a list of numbers, or a node of its own where its dtype is not that of the list."""
        config = value.get("config")
        if not isinstance(config, dict) or "value" not in config or not isinstance(config.get("dtype"), str):
            raise NoConfigError("a constant has another form")
        elements, dtype = config["value"], config["dtype"]
        if dtype == "float32":
            elements = _shortened(elements)
        if isinstance(elements, list) and dtype == _dtype_of_list(elements):
            return elements
        if not key:
            raise UnreadableConfigError("a constant flows into a layer, which a spec cannot say")
        name = self.names.new(f"{key}_constant")
        self.nodes[name] = {"type": "ops.convert_to_tensor", "dtype": dtype, "inputs": elements}
        return name

    def reference(self, tensor: Tensor) -> str:
        """A tensor as a reference names it."""
        key = self.keys[tensor.operation, tensor.call]
        # A reference to an output that is the only one may say so too.
        return f"{key}.{tensor.output}" if self.may_have_several(tensor.operation) else key

    def may_have_several(self, name: str) -> bool:
        """Whether an operation may have more than one output, as far as is known here."""
        config = self.configs.get(name)
        return name in self.inside or not isinstance(config, Input)

    # Models inside

    def nested(self, name: str, key: str) -> ConfigData:
        """A model inside: a shared layer that is a block."""
        model = self.inside[name]
        kind = f"{key}_block"
        number = 2
        while kind in self.run.blocks:
            kind = f"{key}_block_{number}"
            number += 1
        self.run.blocks[kind] = {}
        self.run.places["blocks", kind] = model.path
        self.run.blocks[kind] = self.writers[name].block(("blocks", kind))
        return {"type": kind, **self.named(name, key)} | ({} if model.trainable else {"trainable": False})

    def block(self, place: ConfigPath) -> ConfigData:
        """The model as a block, at some place of the spec."""
        self.place = place
        self.write()
        inputs = [self.keys[tensor.operation, tensor.call] for tensor in self.model.inputs]
        outputs: ConfigData = {}
        names = UniqueNames()
        for tensor in self.model.outputs:
            outputs[names.new(tensor.operation)] = self.reference(tensor)
        return {
            "inputs": inputs,
            **({"layers": self.layers} if self.layers else {}),
            "nodes": {key: node for key, node in self.nodes.items() if key not in inputs},
            "outputs": outputs,
        }

    def model_call(self, operation: KerasOperation, number: int, key: str) -> ConfigData:
        """What flows into a call of a model inside, in the order of its inputs, and its flags."""
        call = operation.calls[number]
        implicit = self.implicit.get((operation.name, number), frozenset())
        model = self.inside[operation.name]
        if len(call.args) != 1:
            raise UnreadableConfigError(f"a model is called with {len(call.args)} arguments, which a spec cannot say")
        tensors = list(operands_in(call.args[0]))
        if len(tensors) != len(model.inputs):
            raise NoConfigError(f"a model of {len(model.inputs)} inputs is called on {len(tensors)}")
        inputs = [self.as_taken(tensor, model, end, key) for tensor, end in zip(tensors, model.inputs, strict=True)]
        flags: ConfigData = {}
        for name, value in call.kwargs.items():
            if name in implicit:
                continue
            if name == "training" and isinstance(value, bool):
                flags[name] = value
            elif value is not None and not _is_nothing(value):
                raise UnreadableConfigError(
                    f"a model is called with `{name}`, which a spec cannot say", ("kwargs", name)
                )
        return {"inputs": inputs if len(inputs) > 1 else inputs[0]} | ({"call": flags} if flags else {})

    def as_taken(self, operand: TensorOperand, model: KerasModel, end: Tensor, key: str) -> str:
        """A tensor in the dtype of a model's input, to which Keras casts it."""
        reference = self.reference(operand.tensor)
        config = model.operations[end.operation].data["config"]
        dtype = config.get("dtype")
        if not isinstance(dtype, str) or not operand.dtype or dtype == operand.dtype:
            return reference
        name = self.names.new(f"{key}_{end.operation}_cast")
        self.nodes[name] = {"type": "ops.cast", "dtype": dtype, "inputs": reference}
        path = model.operations[end.operation].path
        self.run.changed(
            f"`{reference.partition('.')[0]}` is cast to {dtype} by `{name}`, as Keras does by itself where it calls "
            f"`{model.name}`",
            path,
        )
        return name

    # The whole

    def spec(self, name: str, training: LiftedTraining) -> ConfigData:
        """The model as a spec."""
        ends = self.ends()
        self.write()
        outputs: ConfigData = {}
        for (output, source), options in zip(ends, training.outputs, strict=True):
            self.run.places["outputs", output] = self.model.operations[source.operation].path
            reference = self.reference(source)
            outputs[output] = ({"from": reference} if reference != output else {}) | options
        data: ConfigData = {"spec": 1, "name": name}
        data |= {"blocks": self.run.blocks} if self.run.blocks else {}
        data |= {"layers": self.layers} if self.layers else {}
        inputs = [self.keys[tensor.operation, tensor.call] for tensor in self.model.inputs]
        data |= {"nodes": self.nodes, "inputs": inputs, "outputs": outputs}
        if training.compile is not None:
            data["compile"] = training.compile
            self.run.places["compile",] = training.path
        return data

    def ends(self) -> list[tuple[str, Tensor]]:
        """The outputs: their names, and the tensors that they are."""
        found: list[tuple[str, Tensor]] = []
        names: set[str] = set()
        for tensor in self.model.outputs:
            source = self.behind_identity(tensor)
            name = tensor.operation
            path = self.model.operations[name].path
            if not NAME.fullmatch(name) or name.startswith("x-"):
                name = self.keys.get((tensor.operation, tensor.call)) or self.names.new(name)
                self.run.changed(f"the output `{tensor.operation}` is called `{name}`: {NAME_RULE}", path)
            if name in names:
                name = self.names.new(f"{name}_{tensor.output}")
                self.run.changed(
                    f"two outputs come from `{tensor.operation}`, and Keras calls both so: one is called `{name}`",
                    path,
                )
            names.add(name)
            found.append((name, source))
        return found

    def behind_identity(self, tensor: Tensor) -> Tensor:
        """The tensor that an output is, where an `Identity` does nothing but to give it its name."""
        operation = self.model.operations[tensor.operation]
        config = self.configs.get(tensor.operation)
        if not isinstance(config, Identity) or len(operation.calls) != 1 or tensor in self.taken:
            return tensor
        operand = next(iter(operation.calls[0].args), None)
        if not isinstance(operand, TensorOperand) or len(self.model.outputs) != len(set(self.model.outputs)):
            return tensor
        dtype = operand.dtype if is_float(operand.dtype) else "float32"
        plain = Identity.model_validate({"dtype": dtype} if dtype != "float32" else {})
        if dict(config) != dict(plain):
            return tensor
        self.keys.pop((tensor.operation, tensor.call), None)
        return operand.tensor


def _is_default_training(config: Operation, arguments: Mapping[str, Any]) -> bool:
    """Whether `training` is what Keras records of a call that does not say.

    It records the mask along with it, if the layer takes one: without that, it was given.
    """
    if arguments.get("training") != config.default_training:
        return False
    takes_mask = any(each.name == "mask" for each in config.calls)
    tensors = [each.name for each in config.calls if each.kind != "flag" and each.name != "mask"]
    alone = sum(arguments.get(name) is not None for name in tensors) == 1
    return not (takes_mask and alone) or "mask" in arguments


def _inputs(inputs: Mapping[str, Any], positional: list[str]) -> Any:
    """What flows in, without names where the order says enough."""
    if list(inputs) != positional:
        return dict(inputs)
    values = list(inputs.values())
    return values[0] if len(values) == 1 else values


def _is_nothing(value: Any) -> bool:
    """Whether it is a structure of nothing, as the masks of several tensors may be."""
    items = list(value.values()) if isinstance(value, dict) else value
    return isinstance(items, list) and bool(items) and all(item is None for item in items)


def _shortened(elements: Any) -> Any:
    """Numbers of 32 bits, written as short as they can be."""
    if isinstance(elements, list):
        return [_shortened(item) for item in elements]
    return shortest_of_float32(elements) if isinstance(elements, float) else elements


def _dtype_of_list(elements: list[Any]) -> str:
    """The dtype that a list of numbers has in a spec."""
    kinds: set[type] = set()
    waiting: list[Any] = [elements]
    while waiting:
        value = waiting.pop()
        if isinstance(value, list):
            waiting += value
        else:
            kinds.add(type(value))
    return "bool" if kinds == {bool} else "int32" if kinds == {int} else "float32"
