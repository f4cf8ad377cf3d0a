"""Finds the machine's browser: `python -m tests.browser.find`; says so when there is none."""

from __future__ import annotations

import shutil
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def browser() -> str | None:
    """The path of a browser of the Chromium family, None without one."""
    return next((found for name in NAMES if (found := shutil.which(name))), None)


def main() -> int:
    """The command line; exit code 1 without a browser."""
    found = browser()
    message = f"Driving {found} …" if found else f"Skipped: no browser on the PATH ({', '.join(NAMES)})."
    sys.stdout.write(message + "\n")
    return 0 if found else 1


if __name__ == "__main__":
    sys.exit(main())
