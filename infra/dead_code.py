"""Finds code that nothing uses, not counting tests: `python -m infra.dead_code`.

Vulture knows neither what frameworks call nor what travels in JSON, so both are told apart here.
"""

from __future__ import annotations

import linecache
import sys
from typing import Any

from vulture import Vulture

from infra.build import ROOT

PATHS = ("app.py", "chalicelib", "infra", "local", "bench")
CALLED_BY_DECORATOR = [
    *("@routes.*", "@queue_worker", "@batch_worker", "@worker.*", "@*.on_dynamodb_record", "@*.authorizer"),
    *("@field_validator", "@model_validator", "@computed_field"),
]
CALLED_BY_NAME = [
    *("model_config", "__getattr__"),
    *("do_*", "close_connection", "log_message", "send_error"),  # http.server
    *("factory", "handle_*"),  # aiosmtpd
    *("visit_*", "call_binop", "globals", "tests"),  # Jinja2's environment and its visitors
    "log[TPM]*",  # logging.logThreads and its like
    *("compress_type", "external_attr"),  # zipfile
]


def is_field(found: Any) -> bool:
    """A name in a class's body: a field that is written to JSON, or that a framework reads.

    What a function assigns and does not use is indented too; ruff finds that (F841).
    """
    return found.typ == "variable" and linecache.getline(str(found.filename), found.first_lineno)[0] == " "


def main() -> int:
    """The command line; exit code 1 when something is dead."""
    vulture = Vulture(ignore_names=CALLED_BY_NAME, ignore_decorators=CALLED_BY_DECORATOR)
    vulture.scavenge([str(ROOT / path) for path in PATHS])
    dead = [found for found in vulture.get_unused_code(min_confidence=60) if not is_field(found)]
    for found in dead:
        print(found.get_report())
    print(f"dead code: {len(dead) or 'none'}")
    return 1 if dead else 0


if __name__ == "__main__":
    sys.exit(main())
