"""Which Chromium the tests drive: `python tests/browser/find_chromium.py [--install]` prints its path."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

from model.publishing import find_chromium as find


def install() -> None:
    """Install the system's package where that is possible without asking, else Playwright's build."""
    if shutil.which("apt-get"):
        sudo = [] if os.geteuid() == 0 else ["sudo", "-n"]
        commands = [["apt-get", "update", "-qq"], ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"]]
        if all(subprocess.run([*sudo, *command], stdin=subprocess.DEVNULL).returncode == 0 for command in commands):
            return
    subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=True)


if __name__ == "__main__":
    if find() is None and "--install" in sys.argv:
        install()
    path = find()
    print(path or "No Chromium found: install one, or set CHROMIUM to its path.")
    sys.exit(path is None)
