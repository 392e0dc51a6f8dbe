"""What the playground brings from elsewhere is what this project is developed with."""

from __future__ import annotations

import re

from tests.conftest import ROOT

_PIN = re.compile(r"^([\w-]+)==(\S+)", re.MULTILINE)


def pins(path: str) -> dict[str, str]:
    text = (ROOT / path).read_text(encoding="utf-8")
    return {name.replace("_", "-").lower(): version for name, version in _PIN.findall(text)}


def test_the_versions_are_those_of_the_lock():
    there, here = pins("tools/playground/packages.txt"), pins("requirements.lock")
    assert len(there) == 11
    assert there == {name: here[name] for name in there}
