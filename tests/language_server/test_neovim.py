"""The server in a real editor: Neovim without a window, with its own client of the protocol."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.processes import ROOT

pytestmark = [pytest.mark.slow, pytest.mark.neovim]

SPEC = """\
spec: 1
nodes:
  image: {type: Input, shape: [4]}
  y: {type: Denes, units: 3, inputs: image}
outputs: [y]
"""


def test_neovim_shows_fixes_renames_and_proposes(tmp_path: Path, request: pytest.FixtureRequest):
    (tmp_path / "spec.yaml").write_text(SPEC, encoding="utf-8")
    environment = {
        **os.environ,
        "SPEC_SERVER": f"{sys.executable} -m spec_compiler lsp",
        "SPEC_FOLDER": str(tmp_path),
        "PYTHONPATH": str(ROOT),
        "HOME": str(tmp_path),
    }
    command = [
        request.config.getoption("--neovim"),
        "--headless",
        "--clean",
        "-n",
        "-S",
        str(Path(__file__).with_name("neovim.lua")),
    ]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=200, check=False)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.strip().splitlines()[-1])
    assert found == {
        "mistake": ["SC208", 4],
        "action": "Write `Dense`",
        "hover": "# Dense (layer)",
        "definition": 3,
        "text": SPEC.replace("Denes", "Dense").replace("image", "picture").splitlines(),
        "proposals": ["units", "inputs"],
    }
