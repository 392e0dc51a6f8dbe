"""Break one function of a stage after another, and say what fails."""

import os
import subprocess
import sys

from tests.breaks import BREAKS, VARIABLE

FAST = ["-q", "--tb=no", "-r", "N", "-m", "not tensorflow and not slow"]

for name in sys.argv[1:] or BREAKS:
    environment = os.environ | {VARIABLE: name, "PYTEST_PLUGINS": "tests.breaks"}
    subprocess.run([sys.executable, "-m", "pytest", *FAST], env=environment, check=False)
