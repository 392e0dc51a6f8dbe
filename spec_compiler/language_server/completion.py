"""Completion: what can be written where the cursor is."""

from __future__ import annotations

import os
import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path as FilePath
from typing import Any

from lsprotocol import types

from spec_compiler.analysing.parts import parts_with_weights
from spec_compiler.catalog import describe, registry
from spec_compiler.catalog.describe import Field
from spec_compiler.catalog.registered_layers import registered_layers
from spec_compiler.catalog.tensors import TensorType
from spec_compiler.checking.discover import specs_below
from spec_compiler.diagnostics.codes import CODES
from spec_compiler.expanding.expression_functions import function_names
from spec_compiler.expanding.expression_tree import WORDS
from spec_compiler.expanding.loop_values import variables_of
from spec_compiler.expanding.standard import application_imports, standard_imports
from spec_compiler.expanding.standard_blocks import standard_blocks
from spec_compiler.explaining import page_of, pages_of
from spec_compiler.language_server.cursor import MARK, Cursor, comprehension_variables, cursor_at
from spec_compiler.language_server.declared_params import param_fields, param_schema
from spec_compiler.language_server.fitting import Fits, any_tensor, fitting_scores, fitting_tensors
from spec_compiler.language_server.flow import home_of, names_in_graph, tensors_of
from spec_compiler.language_server.slots import Role, Slot, choices_of, may_stand_for, slot_at
from spec_compiler.language_server.snapshot import Snapshot, section_of, value_at
from spec_compiler.language_server.target import blocks_written
from spec_compiler.language_server.uris import path_of
from spec_compiler.language_server.workspace import Workspace
from spec_compiler.linking.logs import logs
from spec_compiler.spans import Path, Place

_MOST = 3_000
_MOST_FILES = 200
_KINDS = types.CompletionItemKind
_WITH_EXPRESSIONS = frozenset(
    ("params", "defaults", "layers", "nodes", "outputs", "models", "compile", "fit", "phases", "seed", "dtype_policy")
)
"""The sections in whose values expressions can stand."""

TRIGGERS = [" ", "{", "[", ",", ":", ".", '"', "'", "$", ">", "/", "-"]
"""What is typed before something can be proposed."""


def completion(workspace: Workspace, snapshot: Snapshot, position: types.Position) -> types.CompletionList:
    """What can be written at a position, what fits best first."""
    cursor = cursor_at(workspace, snapshot, position)
    items = list(_Proposals(snapshot, cursor).all())[:_MOST] if cursor is not None else []
    return types.CompletionList(is_incomplete=False, items=items)


def resolve(item: types.CompletionItem) -> types.CompletionItem:
    """A proposal with all that there is to say of it."""
    data = item.data
    if item.documentation is None and isinstance(data, dict) and isinstance(data.get("explain"), str):
        pages = [page_of(each) for each in describe.meanings(data["explain"]) if data.get("kind") in (None, each.kind)]
        pages = pages or pages_of(data["explain"])
        if pages:
            item.documentation = types.MarkupContent(types.MarkupKind.Markdown, pages[0])
    return item


# What can be proposed


class _Proposals:
    def __init__(self, snapshot: Snapshot, cursor: Cursor) -> None:
        self.snapshot = snapshot
        self.known = snapshot.for_proposals
        self.cursor = cursor
        self.blocks = blocks_written(snapshot)
        path = cursor.path[:-1] if cursor.on_key else cursor.path
        self.slot = slot_at(cursor.data, path, self.blocks)
        self.home = home_of(path)

    def all(self) -> Iterator[types.CompletionItem]:
        if self.is_in_expression():
            yield from self.of_expression()
        elif self.cursor.on_key:
            yield from self.keys()
        else:
            yield from self.values()

    def value_at(self, path: Path) -> Any:
        return value_at(self.cursor.data, path)

    def item(
        self,
        label: str,
        kind: types.CompletionItemKind,
        order: str = "5",
        insert: str | None = None,
        detail: str | None = None,
        text: str | None = None,
        explain: dict[str, str] | None = None,
    ) -> types.CompletionItem:
        insert = label if insert is None else insert
        return types.CompletionItem(
            label,
            kind=kind,
            detail=detail or None,
            sort_text=order,
            filter_text=label,
            documentation=types.MarkupContent(types.MarkupKind.Markdown, text) if text else None,
            text_edit=types.TextEdit(self.cursor.range, insert),
            data=explain,
        )

    def quoted(self, text: str) -> str:
        """A text as it is written where the cursor is."""
        if self.cursor.quote:
            return text
        needs = self.cursor.is_json or re.fullmatch(r"[A-Za-z_][\w./>-]*", text) is None or text in WORDS
        return f'"{text}"' if needs else text

    # Keys

    def keys(self) -> Iterator[types.CompletionItem]:
        around = self.value_at(self.cursor.path[:-1]) if self.cursor.on_key else None
        there = {str(key) for key in around if MARK not in str(key)} if isinstance(around, dict) else set()
        for number, field in enumerate(self.slot.keys):
            if field.name not in there:
                yield self.key(field, number)
        path = self.cursor.path[:-1]
        if path == ("outputs",):
            yield from self.references(is_key=True)
        elif self.slot.role == "type" and path[-1:] == ("defaults",):
            yield from self.callables(only_layers=False, is_key=True)

    def key(self, field: Field, number: int) -> types.CompletionItem:
        is_required = field.default is None
        order = (
            "0"
            if field.name == "type"
            else "1"
            if is_required
            else "2"
            if field.name == "inputs" and self.slot.node is not None
            else "3"
        )
        detail = f"{field.takes}{f', by default {field.default}' if field.default not in (None, 'null') else ''}"
        return self.item(
            field.name,
            _KINDS.Property,
            f"{order}{number:03}",
            self.as_key(field.name),
            f"{detail}, required" if is_required and field.takes else detail,
            field.text,
        )

    def as_key(self, name: str) -> str:
        if self.cursor.quote:
            return name
        if self.cursor.has_colon:
            return f'"{name}"' if self.cursor.is_json else name
        return f'"{name}": ' if self.cursor.is_json else f"{name}: "

    # Values

    def values(self) -> Iterator[types.CompletionItem]:
        slot, cursor = self.slot, self.cursor
        if slot.keys and cursor.on_own_line and slot.role != "reference":
            yield from self.keys()
        if cursor.on_own_line and cursor.path == ("outputs",):
            yield from self.references(is_key=True)
        elif cursor.on_own_line and cursor.path[-1:] == ("defaults",):
            yield from self.callables(only_layers=False, is_key=True)
        else:
            yield from self.of_role(slot.role)
        if slot.schema is not None:
            yield from self.choices(slot)
        if (
            slot.role in ("value", "object")
            and slot.schema is not None
            and not cursor.quote
            and self.takes_expression()
        ):
            for name, field in self.params().items():
                if may_stand_for(param_schema(self.value_at(self.home.path), name), slot.schema):
                    yield self.item(
                        f"${{{name}}}", _KINDS.Variable, f"8{name}", f'"${{{name}}}"', field.takes, field.text
                    )

    def takes_expression(self) -> bool:
        """Whether an expression can stand where the cursor is."""
        path = self.cursor.path[len(self.home.path) :]
        return bool(path) and path[0] in _WITH_EXPRESSIONS

    def of_role(self, role: Role) -> Iterator[types.CompletionItem]:
        """What a text can be that has a meaning of its own."""
        items_of: dict[Role, Callable[[], Iterator[types.CompletionItem]]] = {
            "type": lambda: self.callables(only_layers=False),
            "shared type": lambda: self.callables(only_layers=True, with_blocks=True),
            "layer type": lambda: self.callables(only_layers=True),
            "use": self.shared_layers,
            "reference": self.references,
            "input": self.model_inputs,
            "part": self.parts,
            "arrow": self.references,
            "object": self.objects,
            "import": self.imports,
            "monitor": self.monitors,
            "lint": self.lints,
        }
        if role in items_of:
            yield from items_of[role]()

    def lints(self) -> Iterator[types.CompletionItem]:
        for code in CODES.values():
            if code.code.startswith("SC6"):
                yield self.item(code.code, _KINDS.Constant, detail=code.name, text=code.title)

    def choices(self, slot: Slot) -> Iterator[types.CompletionItem]:
        assert slot.schema is not None
        default = slot.schema.get("default")
        for number, value in enumerate(choices_of(slot.schema)):
            label = describe.format_value(value)
            is_default = value == default and type(value) is type(default)
            order = f"{'0' if is_default and value is not None else '9' if value is None else '1'}{number:03}"
            insert = self.quoted(value) if isinstance(value, str) else label
            yield self.item(label, _KINDS.EnumMember, order, insert, "the default" if is_default else None)

    def callables(
        self, *, only_layers: bool, with_blocks: bool = False, is_key: bool = False
    ) -> Iterator[types.CompletionItem]:
        insert = self.as_key if is_key else self.quoted
        if with_blocks or not (only_layers or is_key):
            for name, block in self.blocks.items():
                text = str(block.get("description") or "")
                yield self.item(name, _KINDS.Struct, f"0{name}", insert(name), "block", text)
        for name in (*registry.type_names(), *registered_layers()):
            is_op = name.startswith("ops.")
            if (is_op and only_layers) or (name == "Input" and (only_layers or is_key or self.home.path)):
                continue
            kind = _KINDS.Function if is_op else _KINDS.Class
            order = f"{'2' if is_op else '1'}{name}"
            yield self.item(name, kind, order, insert(name), "op" if is_op else "layer", None, {"explain": name})

    def shared_layers(self) -> Iterator[types.CompletionItem]:
        graph = self.value_at(self.home.path)
        for name, layer in section_of(graph if isinstance(graph, dict) else {}, "layers").items():
            kind = layer.get("type") if isinstance(layer, dict) else None
            yield self.item(str(name), _KINDS.Reference, "0", self.quoted(str(name)), str(kind or ""))

    def objects(self) -> Iterator[types.CompletionItem]:
        for family in self.slot.families:
            explain = {"kind": family.kind}
            output, key = self.output()
            if output is not None and family.kind in ("loss", "metric"):
                found = fitting_scores(self.known, str(output[-1]), self.value_at(output), family, key)
            else:
                found = ((name, True) for name in family.names)
            for name, fits in found:
                detail = family.kind if fits else f"{family.kind}, does not fit the output"
                order = f"{'1' if fits else '4'}{name.swapcase()}"
                yield self.item(
                    name, _KINDS.Value, order, self.quoted(name), detail, None, {"explain": name, **explain}
                )

    def output(self) -> tuple[Path | None, str]:
        """The output that the cursor is in, of the spec or of one of its models, and the key of it."""
        path = self.cursor.path
        depth = 1 if path[:1] == ("outputs",) else 3
        is_output = path[depth - 1 : depth] == ("outputs",) and (depth == 1 or path[:1] == ("models",))
        return (path[: depth + 1], str(path[depth + 1])) if is_output and len(path) > depth + 1 else (None, "")

    def imports(self) -> Iterator[types.CompletionItem]:
        described: defaultdict[str, list[str]] = defaultdict(list)
        for block in standard_blocks().values():
            described[block.imported].append(block.name)
        for name in (*standard_imports(), *application_imports()):
            yield self.item(
                name,
                _KINDS.Module,
                f"1{name}",
                self.quoted(name),
                "ships with the compiler",
                ", ".join(described[name]) or None,
            )
        path = path_of(self.snapshot.uri)
        if path is None or not path.parent.is_dir():
            return
        for file in specs_below(str(path.parent))[:_MOST_FILES]:
            target = FilePath(os.path.relpath(file, path.parent)).as_posix()
            if FilePath(file) != path:
                yield self.item(target, _KINDS.File, f"0{target}", self.quoted(target), "file")

    def monitors(self) -> Iterator[types.CompletionItem]:
        graph = self.known.analysis.sound
        logged = logs(graph.graph).values() if graph is not None else ()
        for number, log in enumerate(logged):
            yield self.item(log.name, _KINDS.Field, f"0{number:03}", self.quoted(log.name), str(log).replace("`", ""))

    def parts(self) -> Iterator[types.CompletionItem]:
        """What a phase can train, and does not yet."""
        graph = self.known.analysis.sound
        given = self.value_at(self.cursor.path[:-1])
        there = given if isinstance(given, list) else []
        for number, name in enumerate(parts_with_weights(graph) if graph is not None else ()):
            if name not in there:
                kind = graph.layers[name].type if graph is not None and name in graph.layers else "part"
                yield self.item(name, _KINDS.Reference, f"0{number:05}", self.quoted(name), kind)

    # References

    def model_inputs(self) -> Iterator[types.CompletionItem]:
        """The inputs of the model that are not listed yet, in order of writing."""
        given = self.value_at(self.cursor.path[:-1])
        there = given if isinstance(given, list) else []
        scopes = self.known.scopes_by_graph.get(self.home, ())
        for number, name in enumerate(names_in_graph(self.known, self.home)):
            symbol = self.known.names.named(name, self.home)
            node = self.value_at(("nodes", symbol.name)) if symbol is not None else None
            if name not in there and isinstance(node, dict) and node.get("type") == "Input":
                kinds = [each.kind for each in tensors_of(self.known, scopes[0], name)] if scopes else []
                shown = ", ".join(map(str, kinds))
                yield self.item(name, _KINDS.Reference, f"0{number:05}", self.quoted(name), shown)

    def references(self, *, is_key: bool = False) -> Iterator[types.CompletionItem]:
        """The names that can flow in: those that fit first, each with its shape, and with its outputs."""
        node = self.slot.node if self.slot.node is not None and self.slot.node[-2:-1] == ("nodes",) else None
        layers = self.value_at((*self.home.path, "layers"))
        fits = fitting_tensors(self.known, self.slot, self.value_at(node), layers) if node is not None else any_tensor
        refused = self.after(node) if node is not None else frozenset()
        scopes = self.known.scopes_by_graph.get(self.home, ())
        insert = self.as_key if is_key else self.quoted
        for number, name in enumerate(names_in_graph(self.known, self.home)):
            if name in refused or MARK in name:
                continue
            tensors = tensors_of(self.known, scopes[0], name) if scopes else []
            kinds = [each.kind for each in tensors]
            yield self.reference(name, kinds, fits, number, insert(name))
            if len(tensors) > 1 and not is_key:
                for each in tensors:
                    reference = f"{name}.{each.output}"
                    yield self.reference(reference, [each.kind], fits, number, insert(reference))

    def reference(
        self, name: str, kinds: list[TensorType], fits: Fits, number: int, insert: str
    ) -> types.CompletionItem:
        fitting = len(kinds) == 1 and fits(kinds[0])
        order = "0" if fitting else "1" if not kinds or len(kinds) > 1 else "2"
        # What was written last is most likely what goes on.
        order = f"{order}{99_999 - number:05}"
        shown = ", ".join(map(str, kinds))
        detail = shown if fitting or len(kinds) != 1 else f"{shown}, does not fit"
        return self.item(name, _KINDS.Reference, order, insert, detail)

    def after(self, node: Path) -> frozenset[str]:
        """The names of the graph that depend on a node, which would make a cycle; itself too."""
        graph = self.known.analysis.sound
        names = {str(node[-1])}
        if graph is None or self.home.path:
            return frozenset(names)
        takers: defaultdict[str, list[str]] = defaultdict(list)
        for each in (*graph.graph.nodes.values(), *graph.graph.dead.values()):
            for source in each.predecessors():
                takers[source].append(each.name)
        waiting = [call.node.name for call in self.known.calls_at(Place(node))]
        seen = set(waiting)
        while waiting:
            for taker in takers[waiting.pop()]:
                if taker not in seen:
                    seen.add(taker)
                    waiting.append(taker)
        for name in seen:
            found = graph.graph.node(name)
            names |= {name, str(found.place.path[-1])}
            if found.scope.definition is not None:
                names.add(found.scope.definition.name)
        return frozenset(names)

    # Expressions

    def is_in_expression(self) -> bool:
        """Whether the cursor is inside of `${…}`."""
        opened = self.cursor.text.rfind("${")
        return opened >= 0 and "}" not in self.cursor.text[opened:]

    def of_expression(self) -> Iterator[types.CompletionItem]:
        for name, field in self.params().items():
            yield self.item(name, _KINDS.Variable, f"1{name}", name, field.takes or "param", field.text)
        opened = self.cursor.text.rfind("${")
        inner = comprehension_variables(self.cursor.text[opened + 2 :], self.cursor.rest.partition("}")[0])
        for name in dict.fromkeys((*inner, *self.variables())):
            yield self.item(name, _KINDS.Variable, f"0{name}", name, "variable")
        for name in function_names():
            yield self.item(name, _KINDS.Function, f"2{name}", name, "function")
        for name in WORDS:
            yield self.item(name, _KINDS.Keyword, f"3{name}", name)

    def params(self) -> dict[str, Field]:
        graph = self.value_at(self.home.path)
        found = {field.name: field for field in param_fields(graph)}
        path = self.cursor.path
        if len(path) > len(self.home.path) + 1 and path[len(self.home.path)] == "params":
            found.pop(str(path[len(self.home.path) + 1]), None)
        return found

    def variables(self) -> list[str]:
        """The variables of the node's `for`, and `index` where it is repeated."""
        node = self.cursor.path[: len(self.home.path) + 2]
        written = self.value_at(node)
        is_in_loop = self.cursor.path[len(node) : len(node) + 1] == ("for",)
        if node[-2:-1] != ("nodes",) or not isinstance(written, dict) or is_in_loop:
            return []
        loops = written.get("for")
        names = [name for key in loops for name in variables_of(key)] if isinstance(loops, dict) else []
        return [*names, *["index"] * ("repeat" in written)]
