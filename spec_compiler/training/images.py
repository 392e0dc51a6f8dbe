"""Files of images → arrays, and folders of images, one for each class → samples. Pillow reads them."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import prod
from pathlib import Path
from typing import Any

import numpy as np

from spec_compiler.analysing.data_contract import WantedData
from spec_compiler.catalog.data_forms import DataKind
from spec_compiler.catalog.intervals import INFINITY
from spec_compiler.catalog.tensors import Shape
from spec_compiler.emitting.requirement import require_library
from spec_compiler.training.samples import Column, NumpyArray, Samples, UnequalRowsError, UnreadableDataError

SUFFIXES = (".bmp", ".gif", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp")
"""The files that are taken to be images."""

_MODES = {1: "L", 3: "RGB", 4: "RGBA"}
_STRETCH_BYTES = 16 * 2**20


def is_encoded_image(value: Any) -> bool:
    """Whether bytes begin as a JPEG, PNG, GIF, BMP or WebP does."""
    if not isinstance(value, bytes):
        return False
    return value.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n", b"GIF8", b"BM")) or value[8:12] == b"WEBP"


def decode_image(data: bytes | Path, shape: Shape) -> NumpyArray:
    """An image as `height × width × channels` whole numbers from 0 to 255, of the shape that an input states.

    An image of another size is scaled to it, bilinearly; a height or a width that the input leaves open is the image's.

    Args:
        data: The image, or its file.
        shape: The shape of the input, the batch axis first.

    Raises:
        UnreadableDataError: It is no image, or damaged, or larger than any that Pillow takes.
    """
    require_library("PIL")
    from PIL import Image

    name = f"`{data.name}`" if isinstance(data, Path) else "an image"
    try:
        with Image.open(data if isinstance(data, Path) else io.BytesIO(data)) as image:
            _, height, width, channels = shape
            shown = image.convert(_MODES.get(channels or 3, "RGB"))
            size = (width or shown.width, height or shown.height)
            shown = shown if shown.size == size else shown.resize(size, Image.Resampling.BILINEAR)
            array = np.asarray(shown)
    except (OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError) as error:
        raise UnreadableDataError(f"{name} is no image that Pillow can read, or it is damaged") from error
    return array if array.ndim == 3 else array[..., None]


def takes_images(wanted: WantedData) -> bool:
    """Whether an input takes images: numbers, height × width × channels a sample."""
    shape = wanted.shape
    numbers = wanted.kind in (DataKind.NUMBERS, DataKind.WHOLE_NUMBERS)
    return wanted.role == "input" and numbers and shape is not None and len(shape) == 4 and shape[-1] in (None, 1, 3, 4)


def number_of_classes(wanted: WantedData) -> int | None:
    """How many classes there are for a target; None if it is no class."""
    form = wanted.forms[0]
    if form.kind is DataKind.WHOLE_NUMBERS and form.interval.high != INFINITY:
        return int(form.interval.high) + 1
    if form.kind is DataKind.ONE_HOT and form.shape is not None and form.axis is not None and len(form.shape) == 2:
        return form.shape[form.axis]
    if form.kind is DataKind.ZERO_OR_ONE and form.shape is not None and all(each == 1 for each in form.shape[1:]):
        return 2
    return None


@dataclass(frozen=True)
class ImageFolder:
    """A folder of images: in one folder for each class, or, for predictions, by themselves.

    Attributes:
        name: What it is called.
        classes: The names of the classes in order; none if the images lie in the folder itself.
        images: The files, in order; with the number of the class of each, or 0.
    """

    name: str
    classes: tuple[str, ...]
    images: tuple[tuple[Path, int], ...]

    @staticmethod
    def of(folder: Path) -> ImageFolder | None:
        """The images of a folder; None if it has none."""
        folders = sorted(each for each in folder.iterdir() if each.is_dir() and not each.name.startswith("."))
        found = [(path, number) for number, each in enumerate(folders) for path in _images_below(each)]
        if found:
            return ImageFolder(str(folder), tuple(each.name for each in folders), tuple(found))
        images = [each for each in sorted(folder.iterdir()) if _is_image(each)]
        return ImageFolder(str(folder), (), tuple((each, 0) for each in images)) if images else None

    @property
    def files(self) -> tuple[Path, ...]:
        """The files that it reads."""
        return tuple(path for path, _ in self.images)

    def size(self, wanted: Sequence[WantedData]) -> int:
        """About how many bytes the images take once they are read."""
        image = next(filter(takes_images, wanted), None)
        sides = image.shape[1:] if image is not None and image.shape is not None else ()
        return len(self.images) * prod(side or (3 if index == 2 else 256) for index, side in enumerate(sides))

    def count(self, wanted: Sequence[WantedData]) -> int:
        """How many samples there are."""
        return len(self.images)

    def share(self, number: int, of: int, wanted: Sequence[WantedData]) -> ImageFolder:
        """The images of one of several processes."""
        return replace(self, images=self.images[number::of])

    def stretches(self, wanted: Sequence[WantedData], order: np.random.Generator | None = None) -> Iterator[Samples]:
        """The samples, stretch by stretch; in the order of their names, or in one that is drawn.

        Raises:
            UnreadableDataError: A file is no image.
        """
        image = next(filter(takes_images, wanted), None)
        target = next((each for each in wanted if each.role == "target"), None)
        each_takes = self.size(wanted) / max(len(self.images), 1)
        rows = int(min(max(_STRETCH_BYTES / max(each_takes, 1), 1), 4096))
        images = self.images
        if order is not None:
            images = tuple(images[index] for index in order.permutation(len(images)))
        for first in range(0, len(images), rows):
            part = images[first : first + rows]
            columns = {}
            if image is not None and image.shape is not None:
                columns[image.name] = Column(image.name, _read_later([path for path, _ in part], image.shape))
            if target is not None and self.classes:
                labels = np.array([number for _, number in part])
                columns[target.name] = Column(target.name, _labels(labels, target))
            yield Samples(columns, (), self.name, first, tuple(str(path) for path, _ in part))


def _is_image(path: Path) -> bool:
    return path.suffix.lower() in SUFFIXES and path.is_file() and not path.name.startswith(".")


def _images_below(folder: Path) -> list[Path]:
    return sorted(path for root, _, names in os.walk(folder) for name in names if _is_image(path := Path(root) / name))


def _read_later(paths: Sequence[Path], shape: Shape) -> Any:
    def read() -> NumpyArray:
        images = [decode_image(path, shape) for path in paths]
        other = next((index for index, each in enumerate(images) if each.shape != images[0].shape), None)
        if other is not None:
            raise UnequalRowsError(other, (images[0].size, images[other].size))
        return np.stack(images)

    return read


def _labels(labels: NumpyArray, target: WantedData) -> Any:
    classes = number_of_classes(target)
    if target.kind is DataKind.ONE_HOT and classes is not None and labels.max(initial=0) < classes:
        return lambda: np.eye(classes, dtype="float32")[labels]
    return lambda: labels
