"""microburst between the functions and the emulator: every service throttles, fails and hangs up.

It answers in the services' own wire formats, so that botocore retries as it does on AWS; and it drops
answers after the call was done, which only idempotency survives.
"""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from bench.report import progress
from local.clients import Clients
from local.preflight import free_port
from local.settings import HOST, PROJECT
from tests.e2e.caller import fetch

PYTHON = PROJECT / ".venv-faults" / "bin" / "python"
START_SECONDS = 20

ERRORS = {
    "dynamodb": (("ProvisionedThroughputExceededException", 400), ("InternalServerError", 500)),
    "s3": (("SlowDown", 503), ("InternalError", 500)),
    "sqs": (("RequestThrottled", 503), ("ServiceUnavailable", 503)),
    "events": (("ThrottlingException", 400), ("InternalException", 500)),
    "ses": (("Throttling", 400), ("ServiceUnavailable", 503)),
    "scheduler": (("ThrottlingException", 429), ("InternalServerException", 500)),
    "ssm": (("ThrottlingException", 400), ("InternalServerError", 500)),
}
"""How each service says that it is asked too much, and that it is out of order.

SQS's throttling has the status 503, since microburst puts a name before its code that botocore does not know.
"""

SHARES = (("throttled", 0.20), ("5xx", 0.05), ("reset", 0.02), ("answer lost", 0.01), ("slow", 0.20))
"""Of all calls. A lost answer is one whose call was done; a slow call takes up to 150 ms longer."""

MICROBURST = """
import logging, sys
from microburst import cli, forward

forward.HOP_BY_HOP -= {"content-length"}
outbound = forward.Upstream._outbound_headers

def headers(self, request):
    return {name: value for name, value in outbound(self, request).items() if name != "content-length"}

forward.Upstream._outbound_headers = headers
logging.getLogger("aiohttp.access").setLevel(logging.WARNING)
sys.exit(cli.main())
"""
"""Keeps the Content-Length of answers, which S3 always tells and microburst 0.10 drops. Logs faults only."""

Rule = dict[str, Any]


def rules() -> list[Rule]:
    """Microburst's rules, a service after the other, each with the kinds of fault in the order of SHARES.

    The first rule that fires is the only one, so each gets its share of what is left by those before it.
    """
    made = []
    for service, (throttling, outage) in ERRORS.items():
        left = 1.0
        for kind, share in SHARES:
            fault = _fault(kind, throttling, outage)
            made.append({"service": service, "probability": share / left, **fault})
            left -= share
    return made


def _fault(kind: str, throttling: tuple[str, int], outage: tuple[str, int]) -> Rule:
    code, status = throttling if kind == "throttled" else outage
    faults: dict[str, Rule] = {
        "reset": {"reset": True},
        "answer lost": {"response": {"abort_frac": 0.0}},
        "slow": {"latency": {"min": 10, "max": 150}},
    }
    return faults.get(kind, {"error": {"code": code, "status": status, "message": kind}})


def fired(by_rule: list[dict[str, Any]]) -> dict[str, dict[str, int]]:
    """Service -> kind of fault -> how often, of the statistics by rule, which are numbered from 1."""
    names = [(service, kind) for service in ERRORS for kind, _ in SHARES]
    found: dict[str, dict[str, int]] = {service: {} for service in ERRORS}
    for entry in by_rule:
        service, kind = names[(entry["id"] - 1) % len(names)]
        found[service][kind] = found[service].get(kind, 0) + entry["fired"]
    return found


class Proxy:
    """The running proxy: faults on and off, and what it did."""

    def __init__(self, port: int) -> None:
        self.url = f"http://{HOST}:{port}"

    def healthy(self) -> bool:
        try:
            return fetch(f"{self.url}/_microburst/health").status == 200
        except OSError:
            return False

    def fail(self, wanted: list[Rule]) -> None:
        """Follow these rules from now on; none of them is no faults."""
        body = json.dumps(wanted).encode()
        answer = fetch(f"{self.url}/_microburst/rules", "POST", body, {"Content-Type": "application/json"})
        answer.ok()

    def stats(self) -> Any:
        return fetch(f"{self.url}/_microburst/stats").ok()


@contextmanager
def running(upstream: str, log: Path) -> Iterator[Proxy]:
    """Microburst before this endpoint, without faults at first."""
    port = free_port()
    with log.open("wb") as output:
        process = _start(upstream, port, output)
    try:
        proxy = Proxy(port)
        deadline = time.monotonic() + START_SECONDS
        while not proxy.healthy():
            assert process.poll() is None, f"microburst did not start:\n{log.read_text()}"
            assert time.monotonic() < deadline, f"microburst does not answer:\n{log.read_text()}"
            time.sleep(0.1)
        yield proxy
    finally:
        process.terminate()
        process.wait()


def _start(upstream: str, port: int, output: IO[bytes]) -> subprocess.Popen[bytes]:
    command = [str(PYTHON), "-c", MICROBURST, "--upstream", upstream, "--port", str(port), "--host", HOST]
    return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT)


def put_before(functions: Clients, url: str) -> int:
    """Have every function of the stack call AWS through the proxy; how many there are."""
    client = functions("lambda")
    names = [one["FunctionName"] for one in client.list_functions()["Functions"]]
    for name in names:
        config = client.get_function_configuration(FunctionName=name)
        variables = config.get("Environment", {}).get("Variables", {}) | {"AWS_ENDPOINT_URL": url}
        client.update_function_configuration(FunctionName=name, Environment={"Variables": variables})
    progress(f"{len(names)} functions call AWS through {url}")
    return len(names)
