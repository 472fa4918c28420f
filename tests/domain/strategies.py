"""Hypothesis strategies for the rulebook: months, days, ranking rows, facts of an earned month."""

from datetime import date

from hypothesis import strategies as st

from portal.domain.incentives import Facts
from portal.domain.months import add_months

DAYS = st.dates(min_value=date(2015, 1, 1), max_value=date(2039, 12, 31))
MONTHS = st.integers(0, 12 * 24).map(lambda n: add_months("2015-01", n))
RUPIAH = st.integers(-(10**12), 10**12)
COUNTS = st.integers(0, 80)
PAYMENTS = st.tuples(st.integers(0, 50_000_000), st.integers(1, 40))

FACTS = st.builds(
    Facts,
    new_by_pack=st.fixed_dictionaries({"JKK,JKM": COUNTS, "JKK,JKM,JHT": COUNTS}),
    counting_new=st.integers(0, 160),
    contributions=st.dictionaries(st.integers(1, 70), PAYMENTS, max_size=12),
    retention=st.dictionaries(st.sampled_from([3, 6, 12]), st.integers(1, 30)),
    badges=st.dictionaries(st.sampled_from(["tekun", "pasar"]), st.integers(1, 3)),
    prizes=st.dictionaries(st.just("branch"), st.integers(1, 500_000)),
    host=st.booleans(),
)
