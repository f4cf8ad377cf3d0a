"""Calls the API in-process, as API Gateway would: authorizer first, then the app."""

from __future__ import annotations

import json
import re
import threading
import uuid
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

from chalice.app import Chalice

import app as application
from tests.cloud import invoke
from tests.roles import acting_as


class _RequestOfThread:
    """Chalice keeps its one current request on the app; tests with threads need one a thread."""

    kept = threading.local()

    def __get__(self, instance: Any, owner: Any) -> Any:
        return getattr(self.kept, "request", None)

    def __set__(self, instance: Any, request: Any) -> None:
        self.kept.request = request


Chalice.current_request = _RequestOfThread()  # type: ignore[assignment]  # stands in for the attribute


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    text: str

    @property
    def json(self) -> Any:
        return json.loads(self.text)

    def ok(self, status: int = 200) -> Any:
        """The body, after asserting the status."""
        assert self.status == status, f"{self.status}: {self.text}"
        return self.json if self.text else None

    def problem(self, status: int, code: str) -> Any:
        """The problem document, after asserting that it is that one."""
        assert (self.status, self.json.get("code")) == (status, code), f"{self.status}: {self.text}"
        assert self.headers["Content-Type"] == "application/problem+json"
        return self.json


@dataclass
class Api:
    """A caller with a key; `key=None` is anonymous."""

    key: str | None = None
    headers: dict[str, str] = field(default_factory=dict)

    def get(self, url: str, **headers: str) -> Answer:
        return self.call("GET", url, None, headers)

    def post(self, url: str, body: Any = None, **headers: str) -> Answer:
        return self.call("POST", url, body, headers)

    def patch(self, url: str, body: Any = None, **headers: str) -> Answer:
        return self.call("PATCH", url, body, headers)

    def delete(self, url: str, **headers: str) -> Answer:
        return self.call("DELETE", url, None, headers)

    def call(self, method: str, url: str, body: Any, headers: dict[str, str]) -> Answer:
        """Headers are given with underscores: `If_Match="…"`. A str body is sent as it is, others as JSON."""
        parts = urlsplit(url)
        route = match(parts.path)
        if route is None:
            return Answer(404, {"Content-Type": "application/problem+json"}, '{"code": "not_found"}')
        sent = {**self.headers, **{name.replace("_", "-"): value for name, value in headers.items()}}
        return self.send(proxy_event(method, parts.path, parts.query, route, body, sent))

    def send(self, event: dict[str, Any]) -> Answer:
        """Send a proxy event, after the authorizer where the route has one."""
        if _is_guarded(event["resource"], event["httpMethod"]):
            if self.key is None:
                return Answer(401, {"Content-Type": "application/problem+json"}, '{"code": "unauthorized"}')
            answer = authorize(self.key)
            if answer is None:
                return Answer(401, {"Content-Type": "application/problem+json"}, '{"code": "unauthorized"}')
            event["requestContext"]["authorizer"] = {
                "principalId": answer["principalId"],
                **answer["context"],
            }
        return deliver(event)


def deliver(event: dict[str, Any]) -> Answer:
    """What the app answers to a proxy event, whoever let it through."""
    with acting_as("api_handler"):
        response = application.app(event, None)
    return Answer(response["statusCode"], dict(response["headers"]), response["body"])


def _is_guarded(path: str, method: str) -> bool:
    methods = application.app.routes[path]
    return method in methods and methods[method].authorizer is not None


def authorize(key: str) -> Any:
    """What the authorizer function answers to a key; None where API Gateway would answer 401."""
    return authorize_header(f"Bearer {key}")


def authorize_header(header: str) -> Any:
    """The same for any `Authorization`."""
    arn = "arn:aws:execute-api:us-east-1:123456789012:abc/api/GET/v1/customers"
    event = {"type": "TOKEN", "methodArn": arn, "authorizationToken": header}
    answer = invoke("chalicelib.access.authorizer:authorizer", event)
    (statement,) = answer["policyDocument"]["Statement"]
    return answer if statement["Resource"] else None


def match(path: str) -> tuple[str, dict[str, str]] | None:
    """The route template that a path belongs to, and its parameters; fixed segments win over parameters."""
    for template in sorted(application.app.routes, key=lambda known: known.count("{")):
        pattern = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", template)
        found = re.fullmatch(pattern, path)
        if found:
            return template, found.groupdict()
    return None


def proxy_event(
    method: str, path: str, query: str, route: tuple[str, dict[str, str]], body: Any, headers: dict[str, str]
) -> dict[str, Any]:
    """An API Gateway proxy event."""
    text = body if isinstance(body, str) or body is None else json.dumps(body)
    given = parse_qs(query, keep_blank_values=True)
    return {
        "resource": route[0],
        "path": path,
        "httpMethod": method,
        "headers": {"content-type": "application/json", "host": "abc.execute-api.us-east-1.amazonaws.com"}
        | {name.lower(): value for name, value in headers.items()},
        "multiValueHeaders": {},
        "queryStringParameters": {name: values[-1] for name, values in given.items()} or None,
        "multiValueQueryStringParameters": given or None,
        "pathParameters": {name: quote(value, safe="%") for name, value in route[1].items()} or None,
        "stageVariables": None,
        "requestContext": {
            "resourcePath": route[0],
            "httpMethod": method,
            "path": f"/api{path}",
            "stage": "api",
            "domainName": "abc.execute-api.us-east-1.amazonaws.com",
            "requestId": str(uuid.uuid4()),
            "identity": {"sourceIp": "192.0.2.1"},
        },
        "body": text,
        "isBase64Encoded": False,
    }
