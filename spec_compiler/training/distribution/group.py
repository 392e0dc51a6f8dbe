"""The processes that train a model together: Keras's own distribution, on the runtime of JAX."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from spec_compiler.emitting.requirement import require_library
from spec_compiler.training.distribution.membership import Membership, NotJoinedError, ProcessLostError, WeightLayout
from spec_compiler.training.distribution.parts import BatchPart

LOST_AFTER_SECONDS = 30
"""After how many seconds without a sign of life a process is taken to have died."""

_LOST = re.compile(
    r"gloo|nccl|coordination service|heartbeat|connection (closed|reset|refused)|deadline_exceeded", re.I
)


class ProcessGroup:
    """One process among those that it has joined.

    Attributes:
        number: The number of this process.
        count: How many there are.
        part: Which part of each batch this one takes.
    """

    def __init__(self, layout: WeightLayout | None) -> None:
        import jax

        self.number = jax.process_index()
        self.count = jax.process_count()
        self._layout = layout
        devices = jax.devices()
        replicas = layout.replicas if layout is not None else len(devices)
        if len(devices) % replicas:
            raise NotJoinedError(f"{len(devices)} devices cannot hold {replicas} copies of the model")
        self._mesh = np.array(devices).reshape(replicas, -1)
        mine = [
            number
            for number, row in enumerate(self._mesh)
            if any(device.process_index == self.number for device in row)
        ]
        self.part = BatchPart(tuple(mine), replicas)
        firsts = [next(each for each in devices if each.process_index == number) for number in range(self.count)]
        processes = jax.sharding.Mesh(np.array(firsts), ("process",))
        self._apart = jax.sharding.NamedSharding(processes, jax.sharding.PartitionSpec("process"))
        together = jax.sharding.NamedSharding(processes, jax.sharding.PartitionSpec())
        self._any = jax.jit(jax.numpy.any, out_shardings=together)  # made once: what is new is compiled anew

    @property
    def is_first(self) -> bool:
        """Whether this is the process that writes and prints."""
        return bool(self.number == 0)

    def distribute(self) -> None:
        """Have Keras put what is built from now on onto the devices of all processes."""
        import keras

        names = [[f"{device.platform}:{device.id}" for device in row] for row in self._mesh]
        if self._layout is None:
            flat = [each for row in names for each in row]
            distribution: Any = keras.distribution.DataParallel(devices=flat, auto_shard_dataset=False)
        else:
            from spec_compiler.training.distribution.layouts import DividedWeights

            distribution = DividedWeights(names, self._layout.axes)
        keras.distribution.set_distribution(distribution)

    def check_built(self, model: Any) -> None:
        """Hold the layout against a model that was built.

        Raises:
            NotJoinedError: A pattern is of no weight.
        """
        import keras

        if self._layout is not None:
            keras.distribution.distribution().check_used(model)

    def share(self, value: Any) -> Any:
        """What the first process gives, as all get it; it can be written as JSON."""
        return json.loads(self._share_bytes(json.dumps(value).encode() if self.is_first else b""))

    def share_file(self, path: Path, folder: Path) -> None:
        """Put a file of the first process into a folder of each other one, under its name."""
        data = self._share_bytes(path.read_bytes() if self.is_first else b"")
        if not self.is_first:
            (folder / path.name).write_bytes(data)

    def _share_bytes(self, data: bytes) -> bytes:
        from jax.experimental.multihost_utils import broadcast_one_to_all

        with lost_told():
            length = int(broadcast_one_to_all(np.array(len(data), np.int32)))
            held = np.frombuffer(data, np.uint8) if self.is_first else np.zeros(length, np.uint8)
            return np.asarray(broadcast_one_to_all(held), np.uint8).tobytes()

    def is_true_of_any(self, said: bool) -> bool:
        """Whether something is true in any of the processes, which all ask at the same time."""
        import jax

        given = jax.make_array_from_process_local_data(self._apart, np.array([said]))
        return bool(self._any(given))

    @contextmanager
    def whole(self, model: Any) -> Iterator[None]:
        """Have the weights of a model and of its optimizer whole, so that one process can write them by itself."""
        import keras

        distribution = keras.distribution.distribution()
        variables = [*model.variables, *model.optimizer.variables]
        before = [each._value for each in variables]
        if self._layout is not None:
            self._gather(variables)
        # What Keras makes on its way would be put onto the devices of all, who would have to make it too.
        keras.distribution.set_distribution(None)
        try:
            yield
        finally:
            keras.distribution.set_distribution(distribution)
            for variable, value in zip(variables, before, strict=True):
                variable._value = value

    def _gather(self, variables: Sequence[Any]) -> None:
        """Bring what is divided over devices to each process, one weight after the other."""
        import jax
        from jax.experimental.multihost_utils import process_allgather

        here = jax.local_devices(backend="cpu")[0]
        for variable in variables:
            if not variable._value.is_fully_replicated:
                whole = np.asarray(process_allgather(variable._value, tiled=True))
                variable._value = jax.device_put(whole, here)

    def end(self) -> None:
        """Leave the others, once all have come to their end."""
        import jax

        with lost_told():
            jax.distributed.shutdown()


def join(membership: Membership, layout: WeightLayout | None = None) -> ProcessGroup:
    """Join the other processes; returns once all are there.

    Raises:
        NotJoinedError: They cannot be joined.
        LibraryMissingError: JAX is not installed.
    """
    require_library("jax")
    import jax

    jax.config.update("jax_cpu_collectives_implementation", "gloo")
    try:
        jax.distributed.initialize(
            membership.coordinator,
            membership.processes,
            membership.number,
            local_device_ids=membership.devices,
            heartbeat_timeout_seconds=LOST_AFTER_SECONDS,
        )
    except (RuntimeError, ValueError, KeyError, OSError) as error:
        if membership.coordinator is None and "should be defined" in str(error):
            message = "JAX finds no Slurm, MPI or Kubernetes here that would say which of the processes this is"
            raise NotJoinedError(message) from error
        reason = str(error).strip().split("\n")[0]
        raise NotJoinedError(f"the other processes cannot be joined: {reason}") from error
    with lost_told():
        return ProcessGroup(layout)


@contextmanager
def lost_told() -> Iterator[None]:
    """Raise what JAX says of a process that has died as what it is.

    Raises:
        ProcessLostError: One has.
    """
    try:
        yield
    except Exception as error:
        if _LOST.search(f"{type(error).__name__} {error}"):
            raise ProcessLostError from error
        raise


def folder_of_others() -> Path:
    """A folder for what the first process shares with one of the others."""
    return Path(tempfile.mkdtemp(prefix="compile-spec-"))
