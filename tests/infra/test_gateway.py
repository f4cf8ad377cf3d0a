"""What the gateway lets through, and what it says itself."""

from __future__ import annotations

import json

from tests.infra.package import Package
from tests.infra.parts import (
    MAX_NODES,
    PUBLIC,
    paths,
)


def test_every_method_that_is_not_public_has_an_authorizer(package: Package) -> None:
    for path, methods in paths(package).items():
        for method, operation in methods.items():
            open_to_all = path in PUBLIC or method == "options"
            assert bool(operation.get("security")) is not open_to_all, f"{method} {path}"


def test_preflight_names_the_allowed_origin(package: Package) -> None:
    for path, methods in paths(package).items():
        if "options" in methods:
            answer = methods["options"]["x-amazon-apigateway-integration"]["responses"]["default"]
            allowed = answer["responseParameters"]["method.response.header.Access-Control-Allow-Origin"]
            assert allowed == {"Fn::Sub": "'${CorsOrigin}'"}, path


def test_sibling_paths_share_one_parameter_name(package: Package) -> None:
    names: dict[str, set[str]] = {}
    for path in paths(package):
        parts = path.split("/")
        for place, part in enumerate(parts):
            if part.startswith("{"):
                names.setdefault("/".join(parts[:place]), set()).add(part)
    assert {parent: found for parent, found in names.items() if len(found) > 1} == {}


def test_the_api_has_room_to_grow(package: Package) -> None:
    nodes = {"/"}
    for path in paths(package):
        parts = path.strip("/").split("/")
        nodes |= {"/".join(parts[: count + 1]) for count in range(len(parts))}
    assert len(nodes) <= MAX_NODES


def test_the_api_function_does_not_ask_for_its_own_address(package: Package) -> None:
    for name in ("APIHandler", "Authorizer"):
        assert "${RestAPI}" not in json.dumps(package.functions()[name]["Environment"])


def test_the_access_log_holds_no_personal_data(package: Package) -> None:
    line = package.template["Resources"]["RestAPI"]["Properties"]["AccessLogSetting"]["Format"]
    for word in ("context.path", "queryString", "sourceIp", "userAgent", "\n"):
        assert word not in line


def test_the_gateways_own_answers_are_problems_with_cors(package: Package) -> None:
    answers = package.template["Resources"]["RestAPI"]["Properties"]["GatewayResponses"]
    assert {"DEFAULT_4XX", "DEFAULT_5XX", "UNAUTHORIZED", "ACCESS_DENIED", "THROTTLED"} <= answers.keys()
    for name, answer in answers.items():
        headers = answer["ResponseParameters"]["Headers"]
        assert headers["Content-Type"] == "'application/problem+json'"
        assert "Access-Control-Allow-Origin" in headers
        problem = json.loads(answer["ResponseTemplates"]["application/json"])
        assert {"type", "title", "detail", "code", "request_id"} <= problem.keys(), name
        assert str(problem.get("status", "")) == answer.get("StatusCode", "")
    assert answers["MISSING_AUTHENTICATION_TOKEN"]["StatusCode"] == "404"
    assert "Retry-After" in answers["THROTTLED"]["ResponseParameters"]["Headers"]
