"""How a customer likes to be reached: a wish, which whoever writes or calls looks at."""

from __future__ import annotations

from chalicelib.consent import store
from chalicelib.consent.events import PreferencesChanged
from chalicelib.consent.model import Preferences, PreferencesPatch
from chalicelib.customers import service as customers
from chalicelib.kernel import patches
from chalicelib.kernel.table import Item, Key
from chalicelib.kernel.work import Work


def key(customer_id: str) -> Key:
    """The key of a customer's preferences, for those who read several things in one call."""
    return store.preferences_key(customer_id)


def of_item(item: Item) -> Preferences:
    """The preferences in their item, for those who read several things in one call."""
    return Preferences.model_validate(item, strict=False)


def get(customer_id: str) -> Preferences:
    """Their preferences, empty ones at version 0 when they told none: two calls. Raises NotFound."""
    survivor = customers.get(customer_id).id
    return store.get_preferences(survivor) or Preferences(customer_id=survivor)


def change(work: Work, customer_id: str, patch: PreferencesPatch) -> Preferences:
    """Apply a merge patch. Raises NotFound, Stale."""
    before = get(customer_id)
    work.check_version(before.version)
    given = patches.given(patch)
    changed = patches.changed(before, given)
    if not changed:
        return before
    after = before.model_copy(update={**given, "version": before.version + 1})
    customers.require(work, after.customer_id)
    store.put_preferences(work, after)
    values = {name: {"from": getattr(before, name), "to": given[name]} for name in changed}
    work.record(
        customers.partition(after.customer_id),
        PreferencesChanged(customer_id=after.customer_id, changed=changed),
        customer_id=after.customer_id,
        private={"changes": values},
    )
    return after
