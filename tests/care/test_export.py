"""The export `care`: an open month as it is now, a closed one as of its last day (docs/decisions/0037)."""

from datetime import date

import pytest
from care.caring import extract_of, give, joined, keep, month_paid, noon
from cast import make_cast
from command_line import CommandLine
from earning import close
from extracts import make_nik

from portal.database.extensions import db


@pytest.fixture
def command(database, tmp_path):
    return CommandLine(database, tmp_path / "files")


def export(command, month):
    db.session.rollback()
    rows = command.export("care", month)
    return {row["cadre_code"]: tuple(int(row[name]) for name in list(row)[2:]) for row in rows}


@pytest.mark.slow
def test_the_months_of_two_participants_with_a_hand_over(app, command):
    cast = make_cast()
    joined(cast.marlina)
    other = make_nik(serial=77)
    joined(cast.marlina, nik=other, name="ORANG LAIN")
    both = [month_paid("2026-08"), month_paid("2026-08", nik=other, kpj="", name="ORANG LAIN")]
    extract_of("2026-08", *both)
    keep(noon(2026, 8, 31))
    extract_of("2026-09", month_paid("2026-09", "2026-09-20"), as_of=date(2026, 9, 25))
    keep(noon(2026, 9, 25))
    give(cast, cast.herman, "2026-10", noon(2026, 9, 28), nik=other)
    keep(noon(2026, 10, 1))
    for month in ("2026-08", "2026-09"):
        close(month)

    # participants, active, grace, lapsed, tasks open, renewed, lost
    assert export(command, "2026-08") == {"K-MARLINA": (2, 2, 0, 0, 2, 0, 0)}
    assert export(command, "2026-09") == {"K-MARLINA": (2, 2, 0, 0, 2, 1, 0)}
    assert export(command, "2026-10") == {
        "K-HERMAN": (1, 1, 0, 0, 1, 0, 0),
        "K-MARLINA": (1, 1, 0, 0, 1, 0, 0),
    }

    extract_of("2027-01", month_paid("2026-09"))
    keep(noon(2027, 2, 1))
    close("2026-10")
    assert export(command, "2026-10") == {
        "K-HERMAN": (1, 0, 1, 0, 1, 0, 0),
        "K-MARLINA": (1, 1, 0, 0, 1, 0, 0),
    }
    assert export(command, "2027-02") == {
        "K-HERMAN": (1, 0, 0, 1, 0, 0, 1),
        "K-MARLINA": (1, 0, 0, 1, 0, 0, 1),
    }


@pytest.mark.slow
def test_a_month_closed_before_its_extract_shows_states_as_the_newest_one_says(app, command):
    cast = make_cast()
    joined(cast.marlina)
    extract_of("2026-08", month_paid("2026-07", "2026-08-05"), month_paid("2026-08"))
    for month in ("2026-08", "2026-09", "2026-10"):
        close(month)

    assert export(command, "2026-10")["K-MARLINA"][:4] == (1, 1, 0, 0), (
        "no extract says anything of September"
    )

    extract_of("2026-10", month_paid("2026-08"))
    assert export(command, "2026-10")["K-MARLINA"][:4] == (1, 0, 1, 0)
    assert export(command, "2026-09")["K-MARLINA"][:4] == (1, 1, 0, 0)
