"""May we reach this customer on this channel about this topic? Asked by whoever is about to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from chalicelib.consent import store
from chalicelib.consent.model import SERVICE, Channel, permits, strictest
from chalicelib.customers import service as customers
from chalicelib.kernel import table
from chalicelib.kernel.table import Item, Key


@dataclass(frozen=True)
class Question:
    """Its keys can be read together with whatever else the asker needs; `customer_id` None is a stranger."""

    customer_id: str | None
    channel: Channel
    topic: str

    @property
    def keys(self) -> list[Key]:
        """What must be read to answer it: three items at most."""
        keys = [] if self.topic == SERVICE else [store.topic_key(self.topic)]
        if self.customer_id is None:
            return keys
        return [*keys, customers.profile_key(self.customer_id), *self._said([self.customer_id])]

    def answer(self, found: Mapping[Key, Item], at: datetime) -> bool:
        """Whether we may, from the items found; one more call when the customer was merged."""
        profile = found.get(customers.profile_key(self.customer_id)) if self.customer_id else None
        group = customers.members(profile) if profile else []
        if group and group != [self.customer_id]:
            found = {**found, **table.get_many(self._said(group))}
        return self._judged(group, found, at)

    def answer_for(self, group: Sequence[str], at: datetime) -> bool:
        """Whether we may reach the customer of these ids: one call."""
        return self._judged(group, table.get_many([*self.keys, *self._said(group)]), at)

    def _said(self, group: Sequence[str]) -> list[Key]:
        return [store.consent_key(one, self.channel, self.topic) for one in group]

    def _judged(self, group: Sequence[str], found: Mapping[Key, Item], at: datetime) -> bool:
        if self.topic != SERVICE:
            topic = found.get(store.topic_key(self.topic))
            if topic is None or not store.topic_of(topic).active:
                return False
        said = [store.consent_of(found[key]) for key in self._said(group) if key in found]
        return permits(self.topic, strictest(said, at))
