"""Repairs to the emulator's saved state, made before each start."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

_POSITIONS = "dynamodb_stream_positions"


def without_stream_positions(state: Any) -> Any:
    """The saved state of Lambda without its positions in table streams.

    The emulator saves how far a function has read, but not the stream itself: kept, the first records after
    a restart would be skipped, as many as were read before it.
    """
    if isinstance(state, dict):
        return {key: without_stream_positions(value) for key, value in state.items() if key != _POSITIONS}
    if isinstance(state, list):
        return [without_stream_positions(value) for value in state]
    return state


def repair(state_directory: Path) -> None:
    """Repair what an earlier run saved; nothing there is nothing to do. The file is replaced in one step."""
    file = state_directory / "lambda.json"
    if not file.exists():
        return
    repaired = without_stream_positions(json.loads(file.read_text(encoding="utf-8")))
    fresh = file.with_suffix(".repaired")
    fresh.write_text(json.dumps(repaired), encoding="utf-8")
    fresh.replace(file)
