"""What somebody may have meant by a name that does not exist."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

_ELSEWHERE = {
    "linear": ("Dense", "linear"),
    "fullyconnected": ("Dense",),
    "fc": ("Dense",),
    "batchnorm": ("BatchNormalization",),
    "batchnorm1d": ("BatchNormalization",),
    "batchnorm2d": ("BatchNormalization",),
    "layernorm": ("LayerNormalization",),
    "rmsnorm": ("RMSNormalization",),
    "concat": ("concatenate", "ops.concatenate"),
    "cat": ("concatenate", "ops.concatenate"),
    "maxpool": ("MaxPooling2D",),
    "avgpool": ("AveragePooling2D",),
    "globalavgpool": ("GlobalAveragePooling2D",),
    "globalpool": ("GlobalAveragePooling2D",),
    "convtranspose2d": ("Conv2DTranspose",),
    "mha": ("MultiHeadAttention",),
    "multiheadattention": ("MultiHeadAttention",),
    "crossentropy": ("categorical_crossentropy",),
    "cross_entropy": ("categorical_crossentropy",),
    "bceloss": ("binary_crossentropy",),
    "bcewithlogitsloss": ("BinaryCrossentropy",),
    "mseloss": ("mean_squared_error",),
    "l1loss": ("mean_absolute_error",),
    "out_features": ("units",),
    "hidden_size": ("units",),
    "out_channels": ("filters",),
    "num_embeddings": ("input_dim",),
    "embedding_dim": ("output_dim",),
    "stride": ("strides",),
    "dilation": ("dilation_rate",),
    "bias": ("use_bias",),
    "p": ("rate",),
    "lr": ("learning_rate",),
    "optim": ("optimizer",),
    "input": ("inputs", "Input"),
    "output": ("outputs",),
    "weight": ("loss_weight",),
    "metric": ("metrics",),
}
"""What other frameworks, and habit, call things."""

_PACKAGES = (
    "tf.",
    "keras.",
    "layers.",
    "losses.",
    "metrics.",
    "optimizers.",
    "initializers.",
    "activations.",
    "torch.",
)
"""Where a name comes from in Python code; a spec says the name alone."""


def suggest(name: str, candidates: Iterable[str]) -> str | None:
    """The candidate that is most like a name; none if none is."""
    known = list(candidates)
    if len(name) > 100:
        return None
    name = _bare(name)
    if name in known:
        return name
    folded = {_fold(candidate): candidate for candidate in reversed(known)}
    if (same := folded.get(_fold(name))) is not None:
        return same
    for elsewhere in _ELSEWHERE.get(name.lower().removeprefix("nn."), ()):
        if elsewhere in known:
            return elsewhere
    close = get_close_matches(name, known, n=1, cutoff=0.6)
    if not close:
        folded_close = get_close_matches(_fold(name), folded, n=1, cutoff=0.6)
        close = [folded[match] for match in folded_close]
    if not close and len(name) > 1:
        close = [candidate for fold, candidate in folded.items() if fold.startswith(_fold(name))][-1:]
    return close[0] if close else None


def _bare(name: str) -> str:
    """A name without the packages before it, as in ``keras.layers.Dense``."""
    package = next((package for package in _PACKAGES if name.startswith(package)), None)
    return name if package is None else _bare(name.removeprefix(package))


def _fold(name: str) -> str:
    return name.lower().replace("_", "").replace("-", "")


def did_you_mean(name: str, candidates: Iterable[str]) -> tuple[str | None, str | None]:
    """A hint and a replacement for a name that does not exist; nothing if no candidate is like it."""
    found = suggest(name, candidates)
    return (f"did you mean `{found}`?", found) if found is not None else (None, None)
