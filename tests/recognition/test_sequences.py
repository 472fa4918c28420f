"""Random lives of a cadre: after each, level, streak, badges, page and export equal a slow, fresh computation.

A life is a sequence of reports, decisions, validations, withdrawals, transfers, leaves, holidays, suspensions and days
that pass; the rounds run in between as the scheduler lets them. Each life is a cadre of their own in one world.
"""

import itertools
from typing import Any

import pytest
from cast import make_cast
from factories import make_cadre
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from living import SMALL, Life
from recognised import recognise
from sqlalchemy import select

from portal.database.extensions import db
from portal.database.transaction import transaction
from portal.recognition.models import Definition

ACTS = (
    *(
        "report",
        "report",
        "report",
        "approve",
        "approve",
        "approve",
        "return",
        "correct",
        "reject",
        "withdraw",
    ),
    *("sign_up", "wrong_match", "fraud", "leave", "unleave", "suspend", "reinstate", "move", "holiday"),
    *("days", "days", "week", "round"),
)
STEPS = st.lists(
    st.tuples(st.sampled_from(ACTS), st.integers(0, 40), st.integers(0, 9)), min_size=4, max_size=22
)


def play(cast: Any, steps: list[tuple[str, int, int]], codes: Any) -> None:
    life = Life(cast, make_cadre(code=f"HIDUP-{next(codes)}", branch_id=cast.palembang.id))
    for act, n, choice in steps:
        life.live(act, n, choice)
        if act in {"days", "week", "round"}:
            life.check()
    life.check()
    life.check_export()


@pytest.fixture
def world(app):
    cast = make_cast()
    with transaction():
        for code, limit in SMALL.items():
            row = db.session.scalars(select(Definition).where(Definition.code == code)).one()
            least = {"of": {"min": limit}} if code.startswith("first-time") else {"threshold": limit}
            row.document = row.document | least
    recognise()
    return cast, itertools.count(1)


QUIET = settings(
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.generate, Phase.shrink],
)


@settings(QUIET, max_examples=25)
@given(STEPS)
def test_a_random_life_is_counted_as_on_paper(world, steps):
    play(world[0], steps, world[1])


@pytest.mark.slow
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("batch", range(8))
@settings(QUIET, max_examples=120)
@given(steps=STEPS)
def test_a_thousand_random_lives_are_counted_as_on_paper(world, batch, steps):
    play(world[0], steps, world[1])
