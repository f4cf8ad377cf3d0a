"""API Gateway's own answers (no key, no such path): the template's are dropped, so they are set here."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from local.clients import Clients
from local.settings import API_STAGE

Template = dict[str, Any]


def declared(template: Template, parameters: Mapping[str, str]) -> dict[str, Template]:
    """The template's gateway responses as PutGatewayResponse takes them, parameters filled in."""
    defaults = {name: str(one.get("Default", "")) for name, one in template.get("Parameters", {}).items()}
    values = {**defaults, **parameters}
    found = template["Resources"]["RestAPI"]["Properties"].get("GatewayResponses", {})
    return {kind: _as_call(response, values) for kind, response in found.items()}


def _as_call(response: Template, values: Mapping[str, str]) -> Template:
    headers = response.get("ResponseParameters", {}).get("Headers", {})
    call: Template = {
        "responseParameters": {
            f"gatewayresponse.header.{name}": _text(value, values) for name, value in headers.items()
        },
        "responseTemplates": {
            kind: _text(text, values) for kind, text in response.get("ResponseTemplates", {}).items()
        },
    }
    if "StatusCode" in response:
        call["statusCode"] = str(response["StatusCode"])
    return call


def _text(value: Any, values: Mapping[str, str]) -> str:
    """A plain text, or an `Fn::Sub` with the parameters filled in."""
    text = str(value["Fn::Sub"] if isinstance(value, dict) else value)
    for name, replacement in values.items():
        text = text.replace(f"${{{name}}}", replacement)
    return text


def apply(clients: Clients, built: Path, parameters: Mapping[str, str], rest_api_id: str) -> None:
    """Set the gateway responses of the built template on the API, and deploy them to its stage."""
    template = json.loads((built / "template.json").read_text(encoding="utf-8"))
    gateway = clients("apigateway")
    for kind, call in declared(template, parameters).items():
        gateway.put_gateway_response(restApiId=rest_api_id, responseType=kind, **call)
    gateway.create_deployment(restApiId=rest_api_id, stageName=API_STAGE)
