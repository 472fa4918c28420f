"""What migrations make of the rows that an older portal left, and what their way back makes of them."""

from datetime import UTC, date, datetime
from itertools import pairwise

import pytest
from sqlalchemy import select

from portal import vault
from portal.audit import AuditEvent, AuditHead
from portal.database.extensions import db
from portal.domain.bank_accounts import account_context
from portal.domain.payouts import payout_context
from portal.verification.queries.trail import check_events, check_heads, check_links

pytestmark = [pytest.mark.slow]

ENTERED = datetime(2026, 10, 5, 1, 2, 3, tzinfo=UTC)


def without(rows, *names):
    """Return rows without some columns, in an order of their own."""
    left = [{name: value for name, value in row.items() if name not in names} for row in rows]
    return sorted(left, key=lambda row: row["id"])


def test_conflicts_take_the_stored_payer_and_pack_and_name_the_contribution_again(migrated):
    """0003: lost on the way back is a conflict without a contribution, and one that differs in payer and pack alone."""
    migrated.down("0002_guards")
    user = migrated.store("users", role="validator", scope="nation")
    extract = migrated.store("extract_imports", status="applied", uploaded_by=user)
    participant = migrated.store("participants", status="active", import_id=extract)
    key = {"participant_id": participant, "blth": "2026-10"}
    paid = {"payer_type": "donatur", "pack": "JKK,JKM"}
    contribution = migrated.store("contributions", import_id=extract, **key, **paid)
    said = {
        "import_id": extract,
        "new_amount": 20000,
        "new_paid_on": date(2026, 10, 13),
        "status": "dismissed",
    }
    decided = {"decided_by": user, "reason": "Salah ketik"}
    migrated.store("contribution_conflicts", contribution_id=contribution, **said, **decided)
    before = migrated.whole("contribution_conflicts")

    migrated.up("0003_money_of_signups")
    row = {"new_payer_type": "donatur", "new_pack": "JKK,JKM"}
    (old,) = without(before, "contribution_id")
    assert migrated.whole("contribution_conflicts") == [old | key | row]

    row["new_payer_type"] = "mandiri"
    migrated.store("contribution_conflicts", **said, **key, **row)
    migrated.store("contribution_conflicts", **said, **(key | {"blth": "2026-11"}), **row)
    assert len(migrated.whole("contribution_conflicts")) == 3
    migrated.down("0002_guards")
    assert migrated.whole("contribution_conflicts") == before


def test_events_are_chained_by_branch_and_tied_up_and_stay_what_they_were(migrated):
    """0005: lost on the way back are the seals and the heads."""
    migrated.down("0004_money_of_lines")
    user = migrated.store("users", role="admin", scope="nation")
    migrated.store("regional_offices")
    palembang, jayapura = (migrated.store("branches", code=code, time_zone="Asia/Jakarta") for code in "LV")
    for number, branch in enumerate((None, palembang, None, jayapura, palembang)):
        details = {"text": "dé", "n": number} if number else None
        migrated.store("audit_events", actor_id=user, branch_id=branch, details=details)
    before = migrated.whole("audit_events")

    migrated.up("head")
    events = db.session.scalars(select(AuditEvent).order_by(AuditEvent.id)).all()
    chains = [[one for one in events if one.branch_id == branch] for branch in (None, palembang, jayapura)]
    assert [len(chain) for chain in chains] == [len(before) - 3, 2, 1]
    assert all(chain[0].follows is None for chain in chains)
    assert all(new.follows == old.seal for chain in chains for old, new in pairwise(chain))
    heads = db.session.execute(select(AuditHead.month, AuditHead.last_event)).all()
    assert [tuple(head) for head in heads] == [(None, events[-1].id)]
    assert not [*check_events(), *check_links(), *check_heads()]

    migrated.down("0004_money_of_lines")
    assert migrated.whole("audit_events") == before
    assert not {"audit_heads", "audit_tips"} & set(migrated.tables())


def test_accounts_know_who_made_them_and_nobody_is_told_old_news(migrated):
    """0006: the way back loses what the portal learned since, and nothing else."""
    migrated.down("0005_verification")
    admin, made, unknown = (
        migrated.store("users", role=role, scope="nation") for role in ("admin", "auditor", "finance")
    )
    for actor, act in ((made, "user.added"), (admin, "user.added"), (unknown, "user.reset")):
        migrated.store("audit_events", actor_id=actor, act=act, subject_kind="user", subject_id=str(made))
    newest = max(row["id"] for row in migrated.whole("audit_events"))
    migrated.store("user_sessions", user_id=made)
    code = migrated.store("reset_codes", user_id=made, made_by=admin)
    new = {
        "users": ("made_by", "made_beside", "changes_seen", "devices_from"),
        "user_sessions": ("remembered",),
        "reset_codes": ("made_beside",),
    }
    before = {name: without(migrated.whole(name)) for name in new}

    migrated.up("0006_accounts")
    users = {row["id"]: tuple(row[name] for name in new["users"]) for row in migrated.whole("users")}
    assert {number: users[number] for number in (admin, made, unknown)} == {
        admin: (None, None, newest, None),
        made: (admin, None, newest, None),
        unknown: (None, None, newest, None),
    }
    assert migrated.rows("SELECT user_id, remembered FROM user_sessions") == [(made, False)]
    assert migrated.rows("SELECT id, made_beside FROM reset_codes") == [(code, None)]
    assert {name: without(migrated.whole(name), *new[name]) for name in new} == before

    migrated.down("0005_verification")
    assert {name: without(migrated.whole(name)) for name in new} == before


NUMBER, OTHER = "001234567890", "009876543210"
# Status, what the bank said, and the number; the kind of failure that it becomes.
PAYMENTS = {
    "R-CLOSED": ("failed", "Rekening tujuan sudah ditutup", NUMBER, "account"),
    "R-BUSY": ("failed", "Sistem bank sibuk", NUMBER, "other"),
    "R-PAID": ("paid", None, NUMBER, None),
    "R-CHANGED": ("dissolved", None, OTHER, None),
}


@pytest.fixture
def account(migrated):
    """Stand on 0006 with an account, and payments from it and from one that was changed since; return its key."""
    migrated.down("0006_accounts")
    user = migrated.store("users", role="finance", scope="nation")
    migrated.store("regional_offices")
    migrated.store("branches", time_zone="Asia/Jakarta")
    cadre = migrated.store("cadres", status="active")
    migrated.store("months", month="2026-10", status="open")
    statement = migrated.store("statements", month="2026-10", cadre_id=cadre)
    batch = migrated.store("payout_batches", status="settled", prepared_by=user)
    bank = {"cadre_id": cadre, "bank_code": "014", "holder": "Marlina Agustina"}
    for reference, (status, failure, number, _) in PAYMENTS.items():
        said = {"status": status, "is_live": status == "paid", "failure": failure, "reference": reference}
        sealed = vault.seal(number)
        migrated.store(
            "payouts", batch_id=batch, statement_id=statement, account_sealed=sealed, **said, **bank
        )
    return migrated.store(
        "bank_accounts",
        account_sealed=vault.seal(NUMBER),
        account_hash=vault.fingerprint("account", NUMBER),
        is_current=True,
        entered_by=user,
        entered_at=ENTERED,
        **bank,
    )


def open_payment(row, *, sealed_for_it):
    parts = {name: row[name] for name in ("reference", "bank_code", "holder")}
    return vault.unseal(row["account_sealed"], context=payout_context(**parts) if sealed_for_it else "")


def open_account(row, *, sealed_for_it):
    parts = {name: row[name] for name in ("cadre_id", "bank_code", "holder")}
    context = account_context(entered_at=ENTERED, **parts)
    return vault.unseal(row["account_sealed"], context=context if sealed_for_it else "")


def test_numbers_are_sealed_for_their_row_and_payments_name_account_and_fault(migrated, account):
    """0007: the way back loses who dropped or confirmed what; the numbers open as before."""
    new = {
        "payouts": ("bank_account_id", "failure_kind", "dropped_by", "dropped_at", "drop_reason"),
        "bank_accounts": ("confirmed_by", "confirmed_at"),
    }
    before = {name: without(migrated.whole(name), "account_sealed") for name in new}

    migrated.up("0007_payouts")
    now = {name: migrated.whole(name) for name in new}
    assert {row["reference"]: (row["bank_account_id"], row["failure_kind"]) for row in now["payouts"]} == {
        reference: (account if number == NUMBER else None, kind)
        for reference, (_, _, number, kind) in PAYMENTS.items()
    }
    _check_numbers(now, sealed_for_it=True)
    with pytest.raises(vault.VaultError):
        open_payment(now["payouts"][0], sealed_for_it=False)
    assert {name: without(now[name], "account_sealed", *new[name]) for name in new} == before

    migrated.down("0006_accounts")
    back = {name: migrated.whole(name) for name in new}
    _check_numbers(back, sealed_for_it=False)
    assert {name: without(back[name], "account_sealed") for name in new} == before


def _check_numbers(tables, *, sealed_for_it):
    opened = {row["reference"]: open_payment(row, sealed_for_it=sealed_for_it) for row in tables["payouts"]}
    assert opened == {reference: number for reference, (_, _, number, _) in PAYMENTS.items()}
    (row,) = tables["bank_accounts"]
    assert open_account(row, sealed_for_it=sealed_for_it) == NUMBER


def test_changes_of_status_are_known_by_the_local_day_of_the_branch(migrated):
    """0032: from the trail, in the order of its events; what was no change of status is none."""
    migrated.down("0031_photo_places")
    user = migrated.store("users", role="admin", scope="nation")
    migrated.store("regional_offices")
    branch = migrated.store("branches", time_zone="Asia/Jayapura")
    cadre = migrated.store("cadres", status="active", branch_id=branch)
    late = datetime(2026, 10, 5, 16, 0, tzinfo=UTC)  # the next day in Jayapura
    for act, details in (
        ("cadre.activated", None),
        ("cadre.moved", {"after": {"branch_id": branch}}),
        ("cadre.status_changed", {"act": "suspend", "before": "active", "after": "suspended"}),
    ):
        given = {"subject_kind": "cadre", "subject_id": str(cadre), "details": details, "at": late}
        migrated.store("audit_events", act=act, actor_id=user, actor_role="admin", **given)

    migrated.up("0032_recognition")

    known = [(row["cadre_id"], row["status"], str(row["from_day"])) for row in migrated.whole("cadre_states")]
    assert known == [(cadre, "active", "2026-10-06"), (cadre, "suspended", "2026-10-06")]
    assert migrated.rows("SELECT cadre_id FROM recognition_marks") == []
