"""The AWS CLI deals with the local cloud as with AWS: the tour in docs/local-cloud.md."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from tests.e2e.clouds import Cloud
from tests.e2e.tour import Shell, agrees, blocks, masked


def test_the_tour_with_the_aws_cli(cloud: Cloud, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}:{os.environ['PATH']}")
    (tmp_path / ".local").mkdir()
    (tmp_path / ".local" / "cloud.json").symlink_to(cloud.file)
    shell = Shell(tmp_path)
    tour = blocks("docs/local-cloud.md", "With the AWS CLI")
    assert len(tour) == 4
    for block in tour:
        status, output = shell.follow(block)
        assert status == 0, f"{block.commands}\nfailed:\n{output}"
        assert block.shown is None or agrees(block.shown, output), masked(output)
