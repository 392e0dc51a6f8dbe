"""Where blocks come from: the document's own, and those that it imports."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from spec_compiler.catalog import registry
from spec_compiler.catalog.fields import show
from spec_compiler.diagnostics import codes
from spec_compiler.diagnostics.diagnostic import Findings, Remark
from spec_compiler.diagnostics.suggest import suggest
from spec_compiler.expanding.library import Block, FileDefaults, Library
from spec_compiler.expanding.params import declared
from spec_compiler.expanding.recursion import report_recursion
from spec_compiler.expanding.standard import STANDARD, application_imports, standard_imports, standard_source
from spec_compiler.graph.flat import FlatDefaults
from spec_compiler.language.names import NAME, NAME_RULE, not_evaluated
from spec_compiler.language.spec import NODE_KEYS, SpecForm
from spec_compiler.language.validate import block_form, validate
from spec_compiler.limits import Limits
from spec_compiler.reading.document import Document
from spec_compiler.reading.folder import OutsideError
from spec_compiler.reading.read import read_text
from spec_compiler.reading.source import Source, TooLargeError, UnreadableError
from spec_compiler.spans import Place


class Importer:
    """Reads the documents of one spec, each once.

    Args:
        directory: The folder of the spec; None if it has none.
        root: The folder that imports may come from; the spec's own by default.
        findings: Where mistakes go.
        limits: How much may be read.
        documents: Gets every document that is read, by the `file` of its places.
        unsaved: The texts of files as editors have them, by their real paths.

    Attributes:
        defaults: The entries of all `defaults` that are read, those of files and those of blocks.
    """

    def __init__(
        self,
        directory: Path | None,
        root: Path | None,
        findings: Findings,
        limits: Limits,
        documents: dict[str, Document],
        unsaved: Mapping[Path, str],
    ) -> None:
        self._root = root if root is not None else directory
        self._findings = findings
        self._limits = limits
        self._documents = documents
        self._unsaved = unsaved
        self._libraries: dict[str, Library | None] = {}
        self._in_progress: list[str] = []
        self.defaults: list[FlatDefaults] = []

    def library(self, spec: SpecForm, place: Place, directory: Path | None) -> Library:
        """The blocks of a document: its own and the imported ones."""
        own = FileDefaults(spec.defaults, place / "defaults", frozenset(map(str, spec.params)))
        library = Library(file=own)
        self._note(own.table, own.place)
        for name, value in spec.blocks.items():
            self._define(name, value, place / "blocks" / name, library)
        library.broken.update(report_recursion(list(library.blocks.values()), self._findings))
        for index, target in enumerate(spec.imports):
            self._import(target, place / "imports" / index, directory, library)
        return library

    def _note(self, table: Mapping[str, Mapping[str, Any]], place: Place) -> None:
        self.defaults += [FlatDefaults(kind, tuple(given), place / kind) for kind, given in table.items()]

    def _define(self, name: str, value: Any, place: Place, library: Library) -> None:
        if registry.operation(name) is not None or name in registry.FORBIDDEN:
            if NAME.fullmatch(name):  # What is not formed as a name has been told so.
                self._findings.add(
                    codes.BLOCK_CLASH,
                    f"the block `{name}` is named as a layer of Keras",
                    place.key(),
                    hint="give it another name, here and where it is the `type` of a node",
                )
            library.broken.add(name)
            return
        form = block_form(value, place, self._findings)
        if form is None:
            library.broken.add(name)
            return
        self._note(form.defaults, place / "defaults")
        before = self._findings.errors
        params = declared(form.params, place / "params", self._findings)
        for param in params.values():
            if param.name in NODE_KEYS:
                self._findings.add(
                    codes.BAD_NAME,
                    f"no block can have a param named `{param.name}`: it is a key of every node",
                    param.place.key() if isinstance(form.params, dict) else param.place,
                    hint="give the param another name",
                )
        for index, given in enumerate(form.inputs):
            if not NAME.fullmatch(given):
                self._findings.add(
                    codes.BAD_NAME,
                    f"{show(given)} is not formed as a name",
                    place / "inputs" / index,
                    hint=not_evaluated(given) or NAME_RULE,
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
            self._libraries[key] = self._read(key, target, source, folder, place)
            self._in_progress.pop()
        imported = self._libraries[key]
        if imported is None:
            library.missing.add(key)
            return
        library.brought[place] = frozenset(name for name, block in imported.blocks.items() if block.place.file == key)
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
        if os.path.isabs(target):
            self._refuse_outside(target, place)
            return target, None, None
        path = directory / target
        unsaved = self._unsaved.get(Path(os.path.realpath(path))) if self._unsaved else None
        return os.path.normpath(path), replace(Source.of(path), root=self._root, unsaved=unsaved), path.parent

    def _refuse_outside(self, target: str, place: Place) -> None:
        self._findings.add(
            codes.IMPORT_OUTSIDE,
            f"{show(target)} leads out of the folder that imports may come from",
            place,
            hint="imports are relative, below the spec's folder or the one that `--root` names",
        )

    def _locate_standard(self, target: str, place: Place) -> tuple[str, Source | None, Path | None]:
        source = standard_source(target)
        if source is None:
            available = [*standard_imports(), *application_imports()]
            # Without what all have in common, which would make any two of them alike.
            stems = {each.removeprefix(STANDARD).removesuffix(".yaml"): each for each in available}
            meant = stems.get(suggest(target.removeprefix(STANDARD).removesuffix(".yaml"), stems) or "")
            listed = ", ".join(f"`{each}`" for each in standard_imports())
            self._findings.add(
                codes.UNKNOWN_IMPORT,
                f"no file {show(target)} ships with the compiler",
                place,
                hint=f"did you mean `{meant}`?" if meant else f"there are {listed}",
                fix=meant,
            )
        return target, source, None

    def _read(self, key: str, target: str, source: Source, folder: Path | None, place: Place) -> Library | None:
        """The blocks written in a file, and what they can use; None if it cannot be read."""
        inner = Findings()
        try:
            raw = source.read(self._limits.text_bytes)
        except OutsideError:
            self._refuse_outside(target, place)
            return None
        except UnreadableError as error:
            message = f"the import {show(key)} cannot be read: {error}"
            self._findings.add(codes.UNKNOWN_IMPORT, message, place, hint=not_evaluated(target))
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
        return self.library(form, Place((), file=key), folder)
