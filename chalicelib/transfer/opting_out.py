"""Opt-outs in a file: which topics they are about, and how consent by e-mail is taken back.

They only ever lower consent: no file can tell that somebody agreed. Undoing the import gives nothing back.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from chalicelib.consent import topics
from chalicelib.consent.lowering import refusals
from chalicelib.consent.model import SERVICE
from chalicelib.customers.changes import Change
from chalicelib.kernel.errors import Invalid, Stale, Unavailable
from chalicelib.transfer.import_model import MAX_OPT_OUT_TOPICS, Import, Setup
from chalicelib.transfer.opt_out_texts import FIELD
from chalicelib.transfer.progress import progress_of
from chalicelib.transfer.slices import LANES, TRIES, begin, commit_patiently

SOURCE = "import"
"""Where the statements are from; their evidence is the import's id."""


def with_topics(setup: Setup) -> Setup:
    """The setup with the topics that its opt-outs are about: those it names, or all that are active.

    Raises Invalid `no_topic`, `unknown_topic`, `too_many`.
    """
    if FIELD not in setup.mapping.values():
        return setup
    there, _ = topics.by_id(limit=topics.MOST, after=None)
    named = setup.opt_out_topics
    if not set(named) <= {SERVICE, *(one.id for one in there)}:
        raise Invalid.in_body("opt_out_topics", "names an unknown topic", "unknown_topic")
    chosen = named or [one.id for one in there if one.active]
    if not chosen:
        sentence = "maps opt-outs, but there is no topic yet: add one, or ignore the column"
        raise Invalid.in_body("mapping", sentence, "no_topic")
    if len(chosen) > MAX_OPT_OUT_TOPICS:
        sentence = f"must name the topics, {MAX_OPT_OUT_TOPICS} at most, since so many are active"
        raise Invalid.in_body("opt_out_topics", sentence, "too_many")
    return setup.model_copy(update={"opt_out_topics": chosen})


def take_back(job: Import, changes: Sequence[Change]) -> None:
    """Take consent by e-mail back of whom a slice's rows say so. Again, it changes nothing.

    Raises Unavailable when others keep changing it: the step comes again.
    """
    assert job.setup is not None
    concerned = list(
        dict.fromkeys(one.customer_id for one in changes if one.opted_out and one.customer_id is not None)
    )
    hundreds = [concerned[start : start + 100] for start in range(0, len(concerned), 100)]
    chosen = job.setup.opt_out_topics
    with ThreadPoolExecutor(LANES) as pool:
        list(pool.map(lambda some: _take_back(job, some, chosen), hundreds))


def _take_back(job: Import, customer_ids: Sequence[str], chosen: Sequence[str]) -> None:
    at = progress_of(job).slice_at
    for _ in range(TRIES):
        works = refusals(
            customer_ids, "email", chosen, source=SOURCE, evidence=job.id, begin=lambda: begin(job, at)
        )
        if not any(isinstance(error, Stale) for error in commit_patiently(works)):
            return
    raise Unavailable("Others keep changing these consents.")
