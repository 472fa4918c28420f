"""The audit trail in words: every act and subject that the code can record has one, and no event shows a code."""

import ast
import re
from pathlib import Path

import pytest
from cast import make_cast
from factories import make_signup
from signing_in import sign_in

from portal import audit, clock
from portal.database.transaction import transaction
from portal.domain.actors import Signature
from portal.texts.events import SUBJECT_KINDS, act_in_words, details_in_words, reason_in_words
from portal.texts.labels import label

PORTAL = Path(__file__).resolve().parents[2] / "portal"
ACT = re.compile(r"[a-z]+(_[a-z]+)*\.[a-z]+(_[a-z]+)*")
# Acts whose code is put together from parts.
COMPOSED = {
    *(f"activity.{end}" for end in ("approved", "returned", "rejected", "withdrawn")),
    *(f"user.{kind}_{end}" for kind in ("add", "role", "reset") for end in ("asked", "confirmed", "refused")),
    *("conflict.accepted", "conflict.dismissed", "signup.held", "signup.let_go", "signup.contradicted"),
    *("signup.agreed", "signup.kept", "signup.dispute_left", "signup.linked", "signup.unmatched"),
}


def _recorded() -> tuple[set[str], set[str]]:
    """Read the acts and the kinds of subjects from the code: keywords act= and subject=(kind, …)."""
    acts, kinds = set(COMPOSED), set()
    for path in PORTAL.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.keyword):
                continue
            for one in ast.walk(node.value):
                text = one.value if isinstance(one, ast.Constant) and isinstance(one.value, str) else ""
                if node.arg == "act" and ACT.fullmatch(text):
                    acts.add(text)
            if node.arg == "subject" and isinstance(node.value, ast.Tuple):
                kinds.add(getattr(node.value.elts[0], "value", ""))
    return acts, kinds - {""}


@pytest.mark.slow
def test_every_act_and_every_subject_has_a_word(app):
    acts, kinds = _recorded()

    assert len(acts) > 60
    with app.test_request_context():
        assert [
            act for act in sorted(acts) if act_in_words(act) == act.replace(".", " ").replace("_", " ")
        ] == []
    assert kinds <= set(SUBJECT_KINDS)


@pytest.mark.parametrize(
    ("act", "details", "said"),
    [
        ("user.role_assigned", {"role": "finance", "before": "validator"}, ["peran: Validator → Keuangan"]),
        (
            "cadre.status_changed",
            {"act": "suspend", "before": "active", "after": "suspended"},
            ["status: Aktif → Dibekukan"],
        ),
        (
            "cadre.moved",
            {"from_month": "2026-11", "before": {"branch_id": 1}, "after": {"branch_id": 2}},
            ["cabang: Palembang → Jayapura", "mulai: November 2026"],
        ),
        ("branch.edited", {"before": {"name": "Lama"}}, ["sebelumnya, nama: Lama"]),
        (
            "plan.assigned",
            {"code": "p-2", "from_month": "2026-10", "before": None},
            ["kode: p-2", "mulai: Oktober 2026"],
        ),
        ("payout.dropped", {"amount": 1000, "reference": "PK1"}, ["jumlah: Rp1.000", "referensi: PK1"]),
        ("number.revealed", {"number": "nik"}, ["nomor: NIK"]),
        (
            "payout_batch.result_recorded",
            {"paid": 1, "results": {"PK1": "failed"}},
            ["dibayar: 1", "hasil: PK1 gagal"],
        ),
        ("month.alarm", {"reason": "no_extract"}, ["sebab: data BPJS belum diterapkan"]),
    ],
)
def test_details_are_told_with_old_values_before_new_ones(app, act, details, said):
    names = {("branch", "1"): "Palembang", ("branch", "2"): "Jayapura"}
    with app.test_request_context():
        suspended = label("cadre_status", "suspended")
        assert details_in_words(act, details, names) == [one.replace("Dibekukan", suspended) for one in said]


def test_a_code_in_place_of_a_reason_has_a_word_and_a_persons_words_stay(app):
    with app.test_request_context():
        assert reason_in_words("signup.disputed", "double_claim") == "dilaporkan dua kader"
        assert (
            reason_in_words("signup.rejected", "already_member")
            == "sudah menjadi peserta sebelum didaftarkan"
        )
        assert reason_in_words("cadre.moved", "pindah rumah") == "pindah rumah"


def test_the_page_names_people_and_things_and_links_to_what_the_reader_may_open(app, client):
    cast = make_cast()
    signup = make_signup(cadre_id=cast.marlina.id, name="Siti Aminah")
    by, branch = Signature(cast.actor("ratna"), clock.now()), cast.palembang.id
    moved = {"before": {"branch_id": cast.palembang.id}, "after": {"branch_id": cast.jayapura.id}}
    with transaction():
        audit.record(
            act="cadre.moved", subject=audit.Subject("cadre", cast.marlina.id, branch), details=moved, by=by
        )
        audit.record(act="signup.validated", subject=audit.Subject("signup", signup.id, branch), by=by)
        audit.record(
            act="user.added",
            subject=audit.Subject("user", cast.fahmi.id, branch),
            details={"role": "supervisor"},
            by=by,
        )
        audit.record(
            act="month.released",
            subject=audit.Subject("month", "2026-10", branch),
            reason="Data terlambat",
            by=by,
        )
        audit.record(act="user.disabled", subject=audit.Subject("user", "987654321", branch), by=by)

    html = sign_in(client, cast.agus).get("/audit").text

    assert "Memindahkan kader" in html
    assert f"cabang: {cast.palembang.name} → {cast.jayapura.name}" in html
    assert f'href="/cadres/{cast.marlina.id}">{cast.marlina.name} ({cast.marlina.code})</a>' in html
    assert f'href="/signups/{signup.id}">Siti Aminah</a>' in html
    assert 'href="/months/2026-10">Oktober 2026</a>' in html
    assert f"akun {cast.fahmi.name}" in html  # an auditor may not open accounts, so only the name is shown
    table = html.split("<tbody>")[1].split("</tbody>")[0]
    shown = re.sub(r"<[^>]+>", " ", table)
    assert not re.search(r"[{}]|&#39;|\b(user|cadre|signup|branch)_?(id)? \d", shown)


def test_who_reports_a_sign_up_is_not_told_as_the_one_reported(app):
    assert act_in_words("signup.reported") == "Melaporkan pendaftaran"


def test_an_act_without_a_word_is_read_as_it_is_written(app):
    with app.test_request_context():
        assert act_in_words("future.act_of_tomorrow") == "future act of tomorrow"
