"""Builds a model by hand and saves it: ``save_one.py news|resnet50 FILE``. The whole process counts."""

from __future__ import annotations

import sys

import models

name, path = sys.argv[1:]
models.by_hand(name).save(path)
