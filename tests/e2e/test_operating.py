"""What the emulator cannot do is said, by the roles that may ask for it; nothing breaks."""

from __future__ import annotations

from tests.e2e.caller import Caller


def test_what_is_not_supported_here_is_a_clear_answer(api: Caller) -> None:
    api.post("/v1/queues/feedback/redrive", {}).problem(409, "not_supported_here")
    api.get("/v1/queues/feedback/redrive").problem(409, "not_supported_here")
    api.get("/v1/queues/tally/replay/none").problem(404, "not_found")
