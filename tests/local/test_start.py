"""What happens before and beside the emulator: settings, ports, locks, state, environment, package."""

from __future__ import annotations

import json
import socket
from pathlib import Path

import pytest

from local import emulator, lock, package, preflight, state
from local.gateway_responses import declared
from local.preflight import check_machine, check_ports, free_port
from local.progress import Failed
from local.settings import ENFORCE_IAM, HOST, BadSetting, Ports, Settings, read


def test_defaults_and_variables() -> None:
    assert read({}).ports == Ports(8080, 2525, 4566)
    assert read({"RAPPORT_LOCAL_PORT": "9000"}).api_url == "http://127.0.0.1:9000"
    assert read(read({"RAPPORT_LOCAL_SMTP_PORT": "9001"}).environment()) == read(
        {"RAPPORT_LOCAL_SMTP_PORT": "9001"}
    )


@pytest.mark.parametrize("port", ["0", "65536", "http", "-1", "٣"])
def test_a_bad_port_names_its_variable(port: str) -> None:
    with pytest.raises(BadSetting, match="RAPPORT_LOCAL_SMTP_PORT"):
        read({"RAPPORT_LOCAL_SMTP_PORT": port})


def test_ports_must_differ() -> None:
    with pytest.raises(BadSetting, match="differ"):
        read({"RAPPORT_LOCAL_SMTP_PORT": "8080"})


def test_a_taken_port_is_named_with_the_ways_to_change_it() -> None:
    with socket.create_server((HOST, 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(Failed, match=f"Port {port} is taken.*RAPPORT_LOCAL_SMTP_PORT.*--smtp-port"):
            check_ports(Ports(free_port(), port, free_port()))


def test_free_ports_pass() -> None:
    check_ports(Ports(free_port(), free_port(), free_port()))


@pytest.mark.parametrize(
    ("system", "version"), [("Darwin", (3, 12)), ("Windows", (3, 12)), ("Linux", (3, 10))]
)
def test_other_machines_are_told_what_is_missing(system: str, version: tuple[int, int]) -> None:
    with pytest.raises(Failed, match=r"Linux|3\.11"):
        check_machine(system, version)


def test_without_its_environment_the_package_is_not_tried(tmp_path: Path) -> None:
    with pytest.raises(Failed, match="make run"):
        preflight.check_app_environment(tmp_path / "python")


def test_roles_are_enforced_when_asked() -> None:
    for given, enforced, told in (({}, False, "false"), ({ENFORCE_IAM: "yes"}, True, "true")):
        found = read(given)
        assert found.enforces_iam is enforced
        assert emulator.environment(found, relay_port=4)["AUTH"] == told
        assert read(found.environment()) == found
    with pytest.raises(BadSetting, match=ENFORCE_IAM):
        read({ENFORCE_IAM: "maybe"})


def test_one_cloud_a_folder(tmp_path: Path) -> None:
    file = tmp_path / "lock"
    assert lock.holder(file) is None
    with lock.holding(file):
        assert lock.holder(file) is not None
        with pytest.raises(lock.Held), lock.holding(file):
            pass
    assert lock.holder(file) is None


def test_stream_positions_are_forgotten_and_nothing_else(tmp_path: Path) -> None:
    saved = {"payload": {"esms": {"a": 1}, "nested": [{"dynamodb_stream_positions": {"e": 7}, "kept": 2}]}}
    (tmp_path / "lambda.json").write_text(json.dumps(saved), encoding="utf-8")
    state.repair(tmp_path)
    repaired = json.loads((tmp_path / "lambda.json").read_text(encoding="utf-8"))
    assert repaired == {"payload": {"esms": {"a": 1}, "nested": [{"kept": 2}]}}
    state.repair(tmp_path / "not-there")


def test_functions_inherit_nothing_of_the_users(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("AWS_PROFILE", "production")
    monkeypatch.setenv("RAPPORT_TABLE", "someone-elses")
    found = emulator.environment(Settings(tmp_path, Ports(1, 2, 3)), relay_port=4)
    assert not [name for name in found if name.startswith(("AWS_", "RAPPORT_"))]
    assert found["BIND_HOST"] == HOST
    assert all(str(tmp_path) in found[name] for name in ("HOME", "TMPDIR", "STATE_DIR", "S3_DATA_DIR"))


def test_the_fingerprint_follows_names_and_contents(tmp_path: Path) -> None:
    one, two = tmp_path / "a.py", tmp_path / "b.py"
    one.write_text("x")
    two.write_text("y")
    before = package.fingerprint([one, two], tmp_path)
    assert before == package.fingerprint([two, one], tmp_path)
    two.write_text("z")
    assert before != package.fingerprint([one, two], tmp_path)


def test_gateway_responses_are_the_templates_with_parameters_filled_in() -> None:
    response = {
        "StatusCode": 404,
        "ResponseParameters": {"Headers": {"Access-Control-Allow-Origin": {"Fn::Sub": "'${CorsOrigin}'"}}},
        "ResponseTemplates": {"application/json": '{"code":"not_found"}'},
    }
    template = {
        "Parameters": {"CorsOrigin": {"Default": "*"}},
        "Resources": {
            "RestAPI": {"Properties": {"GatewayResponses": {"MISSING_AUTHENTICATION_TOKEN": response}}}
        },
    }
    assert declared(template, {"Stage": "local"}) == {
        "MISSING_AUTHENTICATION_TOKEN": {
            "statusCode": "404",
            "responseParameters": {"gatewayresponse.header.Access-Control-Allow-Origin": "'*'"},
            "responseTemplates": {"application/json": '{"code":"not_found"}'},
        }
    }
