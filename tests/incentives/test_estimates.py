"""What an open month would bring one cadre: certain so far, and what waits."""

from datetime import date

from earning import THREE, TWO, assign, close, pay, sign_up
from factories import make_branch, make_cadre, make_signup

from portal.database.extensions import db
from portal.incentives.computation.estimates import estimate_for
from portal.incentives.queries.statements import find_statement

NOVEMBER = date(2026, 11, 12)


def test_the_certain_part_is_what_the_close_will_post(app):
    branch = make_branch()
    assign(branch, "perisai-2022")
    cadre = make_cadre(branch_id=branch.id, npwp_valid=True)
    sign_up(cadre, 24, on=date(2026, 10, 3))
    close("2026-10")
    sign_up(cadre, 1, on=date(2026, 10, 4))
    sign_up(cadre, 25, on=NOVEMBER, pack=TWO)
    pay(cadre, 16_800, paid_on=NOVEMBER)
    found = estimate_for(cadre.id, "2026-11")
    db.session.rollback()
    close("2026-11")
    posted = find_statement(cadre.id, "2026-11")
    assert found.gross == posted.gross == 250_000 + 2_520 + 375_000
    assert (found.tax, found.net) == (posted.tax, posted.net)
    assert (found.new, found.min_new, found.missing, found.reachable) == (25, 25, 0, 0)


def test_what_waits_counts_as_new_and_opens_the_threshold(app):
    branch = make_branch()
    assign(branch, "perisai-2022")
    cadre = make_cadre(branch_id=branch.id)
    sign_up(cadre, 21, on=NOVEMBER)
    before = estimate_for(cadre.id, "2026-11")
    assert (before.gross, before.waiting, before.missing, before.reachable) == (0, 0, 4, 315_000)
    for n in range(4):
        nik = f"327301450785{9000 + n}"
        make_signup(cadre_id=cadre.id, reported_on=NOVEMBER, programmes=THREE, nik=nik)
    after = estimate_for(cadre.id, "2026-11")
    assert (after.gross, after.waiting, after.waiting_signups) == (0, 375_000, 4)


def test_without_a_plan_there_is_no_money(app):
    cadre = make_cadre()
    sign_up(cadre, 3, on=NOVEMBER)
    found = estimate_for(cadre.id, "2026-11")
    assert (found.plan_name, found.gross, found.net, found.waiting) == (None, 0, 0, 0)
