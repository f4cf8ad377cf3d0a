"""Reads the words of all responses anew: `python -m infra.reunderstand --stage prod [--after fbk_…]`.

For a release whose engine understands more, or after another engine was chosen: sentiment, themes, language
and urgency of each response are made again, newest first, and the counters corrected with it. It may run
beside everything else, be stopped, and go on from the id of its last line; what is the same stays untouched.

With `--recount` it counts all responses instead, and puts the counters right. Pause the queues `feedback` and
`tally` for that, and let them run empty; what is counted meanwhile is left as it is, and said.
"""

from __future__ import annotations

import os
import sys
import time
from typing import Any

from botocore.exceptions import ClientError

from chalicelib.kernel.errors import RapportError, Unavailable
from chalicelib.kernel.ids import stamp
from infra import account
from infra.stack import outputs

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


def _settings(client: Any, stack: str) -> None:
    """The settings of the worker that this does the work of."""
    given = client.describe_stacks(StackName=stack)["Stacks"][0].get("Parameters", [])
    parameters = {one["ParameterKey"]: one["ParameterValue"] for one in given}
    os.environ["RAPPORT_TABLE"] = outputs(client, stack)["TableName"]
    os.environ["RAPPORT_TIME_ZONE"] = parameters.get("TimeZone", "UTC")
    os.environ["RAPPORT_SENTIMENT_ENGINE"] = parameters.get("SentimentEngine", "offline")


def main() -> int:
    """The command line; exit code 1 when the table refused, and says from where to go on."""
    parser = account.parser("infra.reunderstand", __doc__)
    parser.add_argument("--after", help="go on after this id, as the progress tells it")
    parser.add_argument(
        "--recount", action="store_true", help="count all responses, and correct the counters"
    )
    options = parser.parse_args()
    session = account.session(options)
    os.environ["AWS_DEFAULT_REGION"] = session.region_name
    if options.profile:
        os.environ["AWS_PROFILE"] = options.profile
    try:
        _settings(session.client("cloudformation"), f"rapport-{options.stage}")
        if options.recount:
            return recount()
        print(f"{read_anew(options.after):,} responses are understood otherwise now")
    except (ClientError, RapportError) as error:
        print(f"{error}\nGo on with --after and the id of the last line.", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
