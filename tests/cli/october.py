"""A month to export: October with its points, money and accounts, still to be closed."""

from datetime import date

from cast import Cast, make_cast
from earning import assign, pay, sign_up
from paying import make_account

OCTOBER = date(2026, 10, 12)


def make_october() -> Cast:
    """October: Marlina brought 25 and a contribution, Herman two, Yosef one; Jayapura has no plan."""
    cast = make_cast()
    assign(cast.palembang, "perisai-2022")
    sign_up(cast.marlina, 25, on=OCTOBER)
    pay(cast.marlina, 16_800, paid_on=OCTOBER)
    sign_up(cast.herman, 2, on=OCTOBER)
    sign_up(cast.yosef, 1, on=OCTOBER)
    make_account(cast.marlina, verified_by=cast.fahmi.id, number="0012340088")
    return cast
