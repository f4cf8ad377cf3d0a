"""Every kind of job has somebody who takes its steps."""

from __future__ import annotations

import inspect

import pytest

from chalicelib.jobs import STEPS, step_of


@pytest.mark.parametrize("kind", STEPS)
def test_each_kind_has_a_step_of_work_id_and_number(kind: str) -> None:
    take = step_of(kind)
    assert take is not None
    assert len(inspect.signature(take).parameters) == 3


def test_nobody_takes_a_step_of_an_unknown_kind() -> None:
    assert step_of("xyz") is None
