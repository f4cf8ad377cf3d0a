"""Every packaged handler works in a fresh interpreter with only boto3 beside the package, as in Lambda."""

from __future__ import annotations

import json
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from chalicelib.features import FEATURES
from chalicelib.kernel.http.application import serving
from tests.infra.package import Package

EVENTS = Path(__file__).parent.parent / "events"
MESSAGE = "059f36b4-87a3-44ab-83d2-661975830a7d"

ANSWERS: dict[str, tuple[str, Any]] = {
    "chalicelib.kernel.publisher.publisher": ("stream_expired_item", {"batchItemFailures": []}),
    "chalicelib.support.worker.inbound_mail": ("inbound_mail_setup", {"batchItemFailures": []}),
    "chalicelib.mail.worker.mail_events": ("mail_events_open", {"batchItemFailures": []}),
    **{
        handler: (event, {"batchItemFailures": [{"itemIdentifier": MESSAGE}]})
        for handler, event in {
            "chalicelib.feedback.worker.feedback_worker": "feedback_poison",
            "chalicelib.mail.worker.outbound_mail": "outbound_mail_poison",
            "chalicelib.mail.worker.outbound_campaigns": "outbound_mail_poison",
            "chalicelib.timers.timers": "timers_poison",
            "chalicelib.directory.worker.index_customers": "bus_poison",
            "chalicelib.support.index_worker.index_tickets": "bus_poison",
            "chalicelib.duplicates.worker.find_duplicates": "bus_poison",
            "chalicelib.feedback.tally_worker.tally_feedback": "bus_poison",
            "chalicelib.overview.worker.summarise_customers": "bus_poison",
            "chalicelib.jobs.jobs": "bus_poison",
            "chalicelib.notices.worker.notices": "bus_poison",
            "chalicelib.followups.worker.follow_up": "bus_poison",
            "chalicelib.suggestions.worker.count_votes": "bus_poison",
            "chalicelib.invitations.worker.invitations": "bus_poison",
            "chalicelib.webhooks.worker.webhooks": "bus_poison",
        }.items()
    },
}
"""What each worker answers to which event; none of them needs more of a cloud than to be refused."""


class _Refusing(BaseHTTPRequestHandler):
    """A cloud that refuses whatever it is asked."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        body = b'{"__type": "AccessDeniedException", "message": "no"}'
        self.send_response(400)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        return


@pytest.fixture(scope="module")
def environment() -> Iterator[dict[str, str]]:
    server = HTTPServer(("127.0.0.1", 0), _Refusing)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield {
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{server.server_port}",
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
    }
    server.shutdown()
    thread.join()
    server.server_close()


def _recorded(name: str) -> Any:
    return json.loads((EVENTS / f"{name}.json").read_text())


def test_every_handler_imports(package: Package) -> None:
    handlers = {function["Handler"] for function in package.functions().values()}
    assert handlers == {"app.app", "chalicelib.access.authorizer.authorizer", *ANSWERS}
    for handler in sorted(handlers):
        package.run(handler, None)


def test_the_interpreter_sees_nothing_else(package: Package) -> None:
    with pytest.raises(subprocess.CalledProcessError) as failed:
        package.run("pytest.main", None)
    assert "No module named 'pytest'" in failed.value.__notes__[0]


def test_health_answers_without_any_cloud(package: Package) -> None:
    answer = package.run("app.app", _recorded("api_health"))
    assert answer["statusCode"] == 200


_LOADED = """
import json, sys
sys.path[:0] = [sys.argv[1], sys.argv[2]]
import app
answer = app.app(json.load(sys.stdin), None)
print()
print(answer["statusCode"], *(name for name in sys.modules if name.startswith("chalicelib.")))
"""


def test_a_request_imports_no_other_feature(package: Package) -> None:
    status, *loaded = package.python(_LOADED, event=_recorded("api_health")).splitlines()[-1].split()
    assert status == "200"
    assert "chalicelib.about" in loaded
    assert [name for name in loaded if name.startswith(("chalicelib.customers", "chalicelib.access"))] == []


def test_the_package_says_which_feature_serves_which_route(package: Package) -> None:
    assert json.loads((package.code / "routes.json").read_text()) == serving(FEATURES)


def test_the_authorizer_lets_nobody_in_with_nonsense(package: Package) -> None:
    answer = package.run("chalicelib.access.authorizer.authorizer", _recorded("authorizer_unknown_token"))
    assert answer["policyDocument"]["Statement"][0]["Resource"] == []


@pytest.mark.parametrize("handler", ANSWERS)
def test_a_worker_answers_its_recorded_event(
    package: Package, environment: dict[str, str], handler: str
) -> None:
    event, answer = ANSWERS[handler]
    assert package.run(handler, _recorded(event), environment) == answer
