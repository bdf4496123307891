"""Runs a command in a new folder, with the address of a sandbox of its own as the last argument:
beside_sandbox.py SANDBOX ACCOUNT NOW COMMAND..."""

import subprocess
import sys
import tempfile

box_program, account, now, *command = sys.argv[1:]
with tempfile.TemporaryDirectory(prefix="onlyleads-") as folder:
    box = subprocess.Popen([box_program, "--state", f"{folder}/box", "--account", account,
                            "--now", now, "--until-stdin-closes"],
                           stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        code = subprocess.call([*command, box.stdout.readline().strip()], cwd=folder)
    finally:
        box.communicate()
sys.exit(code)
