"""Which of several processes one is, and how weights are divided over their devices; without any framework."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

AXES = ("batch", "model")
"""The axes of the devices: copies of the model, and what the weights of one copy are divided over."""


class NotJoinedError(Exception):
    """A process cannot be one of several that train together; the message says why."""


class ProcessLostError(Exception):
    """Another process of the run has ended, or cannot be reached any more."""


@dataclass(frozen=True)
class Membership:
    """Which of several processes one is; what is None is found out by JAX, from Slurm, MPI or Kubernetes.

    Attributes:
        coordinator: The address of the first process, `host:port`.
        processes: How many there are.
        number: The number of this one.
        devices: The devices of the machine that this one uses; all of them by default.
    """

    coordinator: str | None = None
    processes: int | None = None
    number: int | None = None
    devices: tuple[int, ...] | None = None


@dataclass(frozen=True)
class WeightLayout:
    """How weights are divided over devices that are too small for all of them.

    Attributes:
        axes: By patterns of the paths of weights, for each axis of the weight `model` where it is divided, else None.
        replicas: How many copies of the model there are; one by default.
    """

    axes: Mapping[str, tuple[str | None, ...]]
    replicas: int = 1
