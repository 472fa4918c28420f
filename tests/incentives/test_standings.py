"""Prizes of shared ranks: the close's computation against the rulebook's split."""

from hypothesis import given
from hypothesis import strategies as st

from portal.domain.plans import RankPrize
from portal.domain.ranking import rank, split_prizes
from portal.incentives.computation.standings import StandingRow, Standings

scores = st.lists(st.tuples(st.integers(-2, 4), st.integers(0, 2)), max_size=9)


@given(scores, st.lists(st.integers(0, 700), min_size=1, max_size=4), st.integers(0, 2))
def test_prizes_are_those_of_the_rulebook(members, amounts, min_validated):
    ranks = rank((number, points, validated) for number, (points, validated) in enumerate(members))
    rows = [
        StandingRow("branch", "B", ranks[number], number, f"K{number}", points, validated)
        for number, (points, validated) in enumerate(members)
    ]
    standings = Standings.of(rows, last_rank=len(amounts))
    prize = RankPrize("branch", tuple(amounts), min_validated)
    won = {number: standings.prize(number, prize)[0] for number in ranks}
    expected = split_prizes(
        ranks,
        amounts,
        validated=dict(enumerate(v for _, v in members)),
        min_validated=min_validated,
    )
    assert {number: amount for number, amount in won.items() if amount} == expected
