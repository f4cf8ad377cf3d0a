"""Links between the documents lead somewhere, and the alarms name chapters that the runbook has."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)#\s]+)")
RUNBOOK = re.compile(r"Runbook:\s+([^.]+)\.")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(document: Path) -> None:
    targets = [link for link in LINK.findall(document.read_text(encoding="utf-8")) if "://" not in link]
    assert [link for link in targets if not (document.parent / link).exists()] == []


def test_every_alarm_has_its_chapter() -> None:
    named = {" ".join(name.split()) for name in RUNBOOK.findall((ROOT / "infra" / "alarms.yaml").read_text())}
    runbook = (ROOT / "docs" / "runbook.md").read_text(encoding="utf-8")
    chapters = set(re.findall(r"^## (.+)$", runbook, re.MULTILINE))
    assert named
    assert {name.lower() for name in named} <= {chapter.lower() for chapter in chapters}
