"""The Chalice app: mounts every feature."""

from __future__ import annotations

import json
from typing import Any

from chalice.app import Chalice, Response

from chalicelib.access.authorizer import authorizer
from chalicelib.access.authorizer import blueprint as access
from chalicelib.feedback.worker import blueprint as feedback
from chalicelib.kernel.publisher import blueprint as publisher
from chalicelib.mail.worker import blueprint as mail
from chalicelib.support.worker import blueprint as support
from chalicelib.timers import blueprint as timers

app = Chalice(app_name="rapport", configure_logs=False)
for part in (access, publisher, feedback, support, mail, timers):
    app.register_blueprint(part)


@app.route("/v1/health", cors=True)
def health() -> dict[str, Any]:
    print("health")
    return {"status": "ok"}


@app.route("/v1/openapi.json", cors=True)
def openapi() -> dict[str, Any]:
    return {}


@app.route("/docs")
def docs() -> Response:
    return Response("docs")


@app.route("/docs/{asset}")
def docs_asset(asset: str) -> Response:
    return Response(asset)


@app.route("/v1/customers/{id}", authorizer=authorizer, cors=True)
def customer(id: str) -> dict[str, Any]:  # noqa: A002
    print("customer")
    return {"id": id}


@app.route("/v1/feedback", methods=["POST"], authorizer=authorizer, cors=True)
def give() -> Response:
    import boto3
    import os

    boto3.client("sqs").send_message(
        QueueUrl=os.environ["RAPPORT_FEEDBACK_QUEUE_URL"], MessageBody=json.dumps(app.current_request.json_body)
    )
    return Response("", status_code=202)
