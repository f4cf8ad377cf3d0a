"""Reads the words of all responses anew: `python -m infra.reunderstand --stage prod [--after fbk_…]`.

For a release whose engine understands more, or after another engine was chosen: sentiment, themes, language
and urgency of each response are made again, newest first, and the counters corrected with it. It may run
beside everything else, be stopped, and go on from the id of its last line; what is the same stays untouched.

With `--recount` it counts all responses instead, and puts the counters right. Pause the queues `feedback` and
`tally` for that, and let them run empty; what is counted meanwhile is left as it is, and said.
"""

from __future__ import annotations

import sys
import time

from chalicelib.kernel.errors import Unavailable
from chalicelib.kernel.ids import stamp
from infra import upkeep

PAGE = 50
TRIES = 5
"""How often what changed meanwhile is read again."""


def read_anew(after: str | None) -> int:
    """Read all responses anew that are older than the one with id `after`; how many changed."""
    from chalicelib.feedback import store
    from chalicelib.feedback.reunderstanding import read_anew as some

    position, done, changed, began = _position(after), 0, 0, time.monotonic()
    while True:
        ids, position = store.newest_ids(PAGE, position)
        pending = ids
        for _ in range(TRIES):
            count, pending = some(pending) if pending else (0, [])
            changed += count
        if pending:
            raise Unavailable("Others keep changing the same responses; try again.")
        done += len(ids)
        rate = done / max(time.monotonic() - began, 0.001)
        if ids:
            print(f"{done:,} responses, {changed:,} changed, {rate:,.0f}/s; at {ids[-1]}", flush=True)
        if position is None:
            return changed


def _position(after: str | None) -> str | None:
    """Where in the lists a response stands."""
    from chalicelib.feedback import store

    if after is None:
        return None
    found = store.find(after)
    if found is None:
        raise SystemExit(f"There is no response {after}.")
    return f"{stamp(found.submitted_at)}#{found.id}"


def recount() -> int:
    """Put the counters right; the exit code, 1 when some changed meanwhile."""
    from chalicelib.feedback.recounting import recount as count

    wrong, left = count()
    print(f"{wrong:,} counters were not right; {left:,} of them changed meanwhile and were left")
    return int(left > 0)


def main() -> int:
    """The command line; exit code 1 when the table refused, and says from where to go on."""
    parser = upkeep.parser("infra.reunderstand", __doc__)
    parser.add_argument(
        "--recount", action="store_true", help="count all responses, and correct the counters"
    )
    options = parser.parse_args()
    return upkeep.run(options, recount if options.recount else lambda: _read_all(options.after))


def _read_all(after: str | None) -> int:
    print(f"{read_anew(after):,} responses are understood otherwise now")
    return 0


if __name__ == "__main__":
    sys.exit(main())
