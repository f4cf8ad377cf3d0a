"""Figures that others published of theirs, beside which ours are shown."""

from __future__ import annotations

SOURCE = "published for a Django CRM on two cores"
SIZES = (1_000, 50_000)
"""Contacts there were."""

P50_MS = {"create": (61, 137), "read": (70, 70), "list": (99, 570), "search by name": (89, 404)}
"""Medians in milliseconds at these sizes; one figure was given for reading."""

REQUESTS_A_SECOND = "15–31"
"""With eight clients."""

MEMORY_MB = 325
