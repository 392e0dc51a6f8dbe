"""Blocks and where they come from: the document's own, and those that it imports."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from spec_compiler.catalog import registry
from spec_compiler.catalog.fields import show
from spec_compiler.diagnostics import codes
from spec_compiler.diagnostics.diagnostic import Findings, Remark
from spec_compiler.diagnostics.suggest import suggest
from spec_compiler.expanding.params import Param, declared
from spec_compiler.expanding.recursion import report_recursion
from spec_compiler.expanding.standard import STANDARD, standard_imports, standard_source
from spec_compiler.language.names import NAME, NAME_RULE
from spec_compiler.language.spec import BlockForm
from spec_compiler.language.validate import block_form, validate
from spec_compiler.limits import Limits
from spec_compiler.reading.document import Document
from spec_compiler.reading.read import read_text
from spec_compiler.reading.source import Source, TooLargeError, UnreadableError
from spec_compiler.spans import Place


@dataclass(frozen=True)
class Block:
    """A block, and the blocks that it can use in turn: those of the document that it is written in."""

    name: str
    form: BlockForm
    params: Mapping[str, Param]
    place: Place
    visible: Library


@dataclass(frozen=True)
class Library:
    """The blocks that can be used in one document, by name."""

    blocks: dict[str, Block] = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)
    """The names of blocks that have mistakes, which are reported: what uses them is unknown, silently."""
    missing: set[str] = field(default_factory=set)
    """Imports that cannot be read, which is reported: a type that does not exist may be a block of theirs."""

    def is_broken(self, kind: str | None) -> bool:
        """Whether a type is that of a block of which nothing is known, because of mistakes that are reported."""
        if kind in self.broken:
            return True
        if not self.missing or kind is None or ">" in kind:
            return False
        return kind not in self.blocks and kind not in registry.FORBIDDEN and registry.operation(kind) is None


class Importer:
    """Reads the documents of one spec, each once.

    Args:
        directory: The folder of the spec; none if it has none.
        root: The folder that imports may come from; the spec's own by default.
        findings: Where mistakes go.
        limits: How much may be read.
        documents: Gets every document that is read, by the `file` of its places.
    """

    def __init__(
        self,
        directory: Path | None,
        root: Path | None,
        findings: Findings,
        limits: Limits,
        documents: dict[str, Document],
    ) -> None:
        self._root = root if root is not None else directory
        self._findings = findings
        self._limits = limits
        self._documents = documents
        self._libraries: dict[str, Library | None] = {}
        self._in_progress: list[str] = []

    def library(self, blocks: Mapping[str, Any], imports: list[str], place: Place, directory: Path | None) -> Library:
        """The blocks of a document: its own and the imported ones."""
        library = Library()
        for name, value in blocks.items():
            self._define(name, value, place / "blocks" / name, library)
        library.broken.update(report_recursion(list(library.blocks.values()), self._findings))
        for index, target in enumerate(imports):
            self._import(target, place / "imports" / index, directory, library)
        return library

    def _define(self, name: str, value: Any, place: Place, library: Library) -> None:
        form = block_form(value, place, self._findings)
        if form is None:
            library.broken.add(name)
            return
        before = self._findings.errors
        params = declared(form.params, place / "params", self._findings)
        for index, given in enumerate(form.inputs):
            if not NAME.fullmatch(given):
                self._findings.add(
                    codes.BAD_NAME, f"{show(given)} is not formed as a name", place / "inputs" / index, hint=NAME_RULE
                )
            elif given in form.inputs[:index] or given in form.nodes:
                self._findings.add(
                    codes.NAME_CLASH, f"two things are named `{given}` in this block", place / "inputs" / index
                )
        library.blocks[name] = Block(name, form, params, place, library)
        if self._findings.errors > before:
            library.broken.add(name)

    def _import(self, target: str, place: Place, directory: Path | None, library: Library) -> None:
        key, source, folder = self._locate(target, place, directory)
        if source is None:
            library.missing.add(key)
            return
        if key in self._in_progress:
            chain = [*self._in_progress[self._in_progress.index(key) :], key]
            self._findings.add(
                codes.BLOCK_RECURSION, f"files import each other in a cycle: {' -> '.join(chain)}", place
            )
            return
        if key not in self._libraries:
            self._in_progress.append(key)
            self._libraries[key] = self._read(key, source, folder, place)
            self._in_progress.pop()
        imported = self._libraries[key]
        if imported is None:
            library.missing.add(key)
            return
        for name, block in imported.blocks.items():
            if block.place.file != key:
                continue
            first = library.blocks.get(name)
            if first is None:
                library.blocks[name] = block
                library.broken.update({name} & imported.broken)
            elif first is not block:
                self._findings.add(
                    codes.BLOCK_CLASH,
                    f"the import brings a block `{name}`, and there is one already",
                    place,
                    related=(Remark(first.place.key(), "the other one"), Remark(block.place.key(), "the imported one")),
                )

    def _locate(self, target: str, place: Place, directory: Path | None) -> tuple[str, Source | None, Path | None]:
        """The file of an import: how diagnostics call it, where it is read, and its folder."""
        if target.startswith(STANDARD):
            return self._locate_standard(target, place)
        if directory is None or self._root is None:
            self._findings.add(
                codes.UNKNOWN_IMPORT,
                "a spec that is no file has no folder to import from",
                place,
                hint="name the folder with `--root` or `root=`",
            )
            return target, None, None
        if not target:
            self._findings.add(codes.UNKNOWN_IMPORT, "an import names a file, and this text is empty", place)
            return target, None, None
        path = directory / target
        if os.path.isabs(target) or not _is_below(path, self._root):
            self._findings.add(
                codes.IMPORT_OUTSIDE,
                f"{show(target)} leads out of the folder that imports may come from",
                place,
                hint="imports are relative, below the spec's folder or the one that `--root` names",
            )
            return target, None, None
        return os.path.normpath(path), Source.of(path), path.parent

    def _locate_standard(self, target: str, place: Place) -> tuple[str, Source | None, Path | None]:
        source = standard_source(target)
        if source is None:
            available = standard_imports()
            # Without what all have in common, which would make any two of them alike.
            stems = {each.removeprefix(STANDARD).removesuffix(".yaml"): each for each in available}
            meant = stems.get(suggest(target.removeprefix(STANDARD).removesuffix(".yaml"), stems) or "")
            listed = ", ".join(f"`{each}`" for each in available)
            self._findings.add(
                codes.UNKNOWN_IMPORT,
                f"no file {show(target)} ships with the compiler",
                place,
                hint=f"did you mean `{meant}`?" if meant else f"there are {listed}",
                fix=meant,
            )
        return target, source, None

    def _read(self, key: str, source: Source, folder: Path | None, place: Place) -> Library | None:
        """The blocks written in a file, and what they can use; none if it cannot be read."""
        inner = Findings()
        try:
            raw = source.read_bytes(self._limits.text_bytes)
        except UnreadableError as error:
            self._findings.add(codes.UNKNOWN_IMPORT, f"the import {show(key)} cannot be read: {error}", place)
            return None
        except TooLargeError:
            message = f"the import {show(key)} is larger than {self._limits.text_bytes} bytes"
            self._findings.add(codes.TEXT_TOO_LARGE, message, place)
            return None
        document = self._documents[key] = read_text(raw, source, inner, self._limits)
        self._findings.add_all(inner, key)
        if document.data is None:
            return None
        own = Findings()
        form = validate(document.data, own, needs_graph=False)
        self._findings.add_all(own, key)
        if form is None:
            return None
        return self.library(form.blocks, form.imports, Place((), file=key), folder)


def _is_below(path: Path, root: Path) -> bool:
    """Whether a path stays in a folder, also after all links."""
    try:
        real, real_root = os.path.realpath(path), os.path.realpath(root)
        return os.path.commonpath([real, real_root]) == real_root
    except ValueError:
        # A name that no path can have, such as one with a NUL.
        return False
