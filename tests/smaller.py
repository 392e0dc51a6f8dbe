"""Params with which example specs that take seconds to build in full are models of the same form that take less."""

from __future__ import annotations

from typing import Any

SMALLER: dict[str, dict[str, Any]] = {
    "attention_unet": {"size": 32, "width": 4},
    "cycle_gan": {"size": 32, "filters": 8, "residuals": 2},
    "deeplab": {"size": 64},
    "diffusion": {"size": 16, "width": 8},
    "gpt": {"vocabulary": 200, "steps": 16, "width": 32},
    "hierarchical_attention": {"vocabulary": 200, "sentences": 3, "words": 4},
    "perceiver": {"size": 16, "latents": 8, "width": 32, "depth": 2},
    "retinanet": {"size": 128},
    "speech_transformer": {"width": 32},
    "translation": {"source_words": 200, "target_words": 150, "width": 32, "hidden": 64},
    "unet": {"size": 32, "width": 4},
    "video_question": {"frames": 4, "words": 200, "answers": 50},
    "vision_transformer": {"size": 64, "width": 48, "depth": 3, "classes": 50},
    "visual_question": {"size": 64, "words": 200, "answers": 50},
    "wavenet": {"levels": 32, "channels": 8, "skip_channels": 16},
}
"""The params by the stem of the file; the functions that build the same models by hand take them too."""
