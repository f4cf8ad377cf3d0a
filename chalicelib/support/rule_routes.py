"""Trying rules on a mail, over HTTP; all else about rules: rules/routes.py."""

from __future__ import annotations

from chalicelib.kernel.http.routes import Routes
from chalicelib.rules.model import DryRun, DryRuns

routes = Routes("Rules", __name__)


@routes.post("/v1/rules/dry-run", scope="rules:write")
def try_rules(body: DryRun) -> DryRuns:
    """Say what would come of the rules, or of rules that are not saved, for a mail, and change nothing.

    The mail is one that came, read again from its source, or a pasted source, which counts as from whom it
    says. Its customer, its ticket, the hours and the caps are as they are now.
    """
    from chalicelib.support import rehearsal  # brings all that reads a mail

    return rehearsal.rehearse(body)
