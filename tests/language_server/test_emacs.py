"""The server in a real editor: Emacs without a window, with eglot as the client of the protocol."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.language_server.test_neovim import SPEC
from tests.processes import ROOT

pytestmark = [pytest.mark.slow, pytest.mark.emacs]


def test_eglot_shows_fixes_renames_and_proposes(tmp_path: Path, request: pytest.FixtureRequest):
    (tmp_path / "spec.yaml").write_text(SPEC, encoding="utf-8")
    environment = {
        **os.environ,
        "SPEC_SERVER": f"{sys.executable} -m spec_compiler lsp",
        "SPEC_FOLDER": str(tmp_path),
        "PYTHONPATH": str(ROOT),
        "HOME": str(tmp_path),
    }
    # Not `-Q`: before version 29, eglot is a package of the system.
    command = [
        request.config.getoption("--emacs"),
        "--batch",
        "--no-init-file",
        "--load",
        str(Path(__file__).with_name("emacs.el")),
    ]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=200, check=False)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.strip().splitlines()[-1])
    assert found == {
        "mistake": ["compile-spec [SC208]: no type is named `Denes`", 4],
        "action": "Write `Dense`",
        "hover": "# Dense (layer)",
        "definition": 3,
        "text": SPEC.replace("Denes", "Dense").replace("image", "picture").splitlines(),
        "outline": ["Function", "Namespace"],
        "proposals": ["units", "inputs"],
    }
