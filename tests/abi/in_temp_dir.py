"""Runs a command in a new folder that goes when it ends: in_temp_dir.py COMMAND..."""

import subprocess
import sys
import tempfile

with tempfile.TemporaryDirectory(prefix="onlyleads-") as folder:
    sys.exit(subprocess.call(sys.argv[1:], cwd=folder))
