"""Settings: read from the environment on first use; what is wrong is named, never quoted."""

from __future__ import annotations

import pytest

from chalicelib.kernel.config import Misconfigured, settings


@pytest.fixture(autouse=True)
def _unread() -> None:
    settings.cache_clear()


def test_each_field_is_a_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAPPORT_TABLE", "customers")
    monkeypatch.setenv("RAPPORT_TIME_ZONE", "Europe/Berlin")
    monkeypatch.setenv("RAPPORT_SOMETHING_NEWER", "x")
    assert settings().table == "customers"
    assert settings().zone.key == "Europe/Berlin"


@pytest.mark.parametrize(
    ("name", "value"), [("RAPPORT_DEFAULT_REGION", "Germany"), ("RAPPORT_TIME_ZONE", "Mars/Olympus")]
)
def test_a_bad_variable_is_named_and_not_quoted(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(Misconfigured, match=name) as raised:
        settings()
    assert value not in str(raised.value)


def test_settings_are_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    first = settings()
    monkeypatch.setenv("RAPPORT_TABLE", "another")
    assert settings() is first
    settings.cache_clear()
