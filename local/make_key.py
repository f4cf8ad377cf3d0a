"""`python -m local.make_key` prints a new API key with every scope; run in the app's environment."""

from __future__ import annotations

from chalicelib.access import service
from chalicelib.access.model import NewApiKey
from chalicelib.kernel.commit import commit
from chalicelib.kernel.work import Work


def make() -> str:
    """Create the key in the table that the environment names; the only time that it can be read."""
    work = Work()
    created = service.create_key(work, NewApiKey(name="local cloud", scopes=["*"]))
    commit(work)
    return created.key


if __name__ == "__main__":
    print(make())
