"""Reported, validated, still paying: home, files and the month report say what plain Python counts from the rows."""

import csv
import io
import random
import shutil
import subprocess
from dataclasses import replace
from datetime import date, timedelta

import pytest
from cast import make_cast
from databases import NOW
from extracts import apply, row, siti, unpaid
from factories import actor_of, make_nik, make_user, together
from signing_in import sign_in
from sqlalchemy import text

from portal.database.extensions import db
from portal.database.transaction import transaction
from portal.domain.actors import Signature
from portal.domain.months import add_months, month_of, month_range
from portal.home.queries.branch import funnel_of
from portal.home.queries.cohorts import list_followed
from portal.texts.formats import bulan
from portal.transfers.services.terms import TermChange, move_cadre
from portal.verification.queries.tallies import check_sums

THIS = "2026-11"
KINDS = ("new", "new", "new", "new", "late", "back", "unpaid", "unknown")


@pytest.fixture(params=[1, 2])
def cast(app, request):
    """Sixty sign-ups of three cadres over a year; some lapsed, some came back elsewhere, one cadre has moved since."""
    chance, found = random.Random(request.param), make_cast()
    cadres, rows, again = (found.marlina, found.herman, found.yosef), [], []
    with together():
        for n in range(60):
            day = date(2025, 11, 1) + timedelta(days=chance.randint(0, 350))
            kind, nik = chance.choice(KINDS), make_nik(serial=n * 10 + 1)
            known = {"nik": nik, "kpj": "", "name": f"PESERTA {n}"}
            siti(cadre_id=chance.choice(cadres).id, reported_on=day, nik=nik, name=f"Peserta {n}")
            registered = {"back": date(2024, 3, 5), "late": day + timedelta(days=25)}.get(kind, day)
            known["registered"] = min(registered, date(2026, 11, 15)).isoformat()
            if kind == "unpaid":
                rows.append(unpaid(**known))
            elif kind != "unknown":
                paid = min(registered if kind != "back" else day, date(2026, 11, 15))
                first, months = month_of(paid), chance.randint(1, 12)
                rows += [
                    row(blth=add_months(first, n), paid=paid.isoformat(), **known) for n in range(months)
                ]
                if kind == "new" and add_months(first, months) < "2026-05":
                    again.append((known, nik))
    apply(*rows, as_of=date(2026, 11, 16))
    with transaction():
        admin = Signature(found.actor("ratna"), NOW)
        move_cadre(
            cadre_id=found.herman.id,
            from_month=THIS,
            change=TermChange(branch_id=found.jayapura.id),
            reason="Pindah rumah",
            by=admin,
        )
    for known, nik in again[:4]:
        siti(cadre_id=found.yosef.id, reported_on=date(2026, 11, 17), nik=nik, name=known["name"].title())
    apply(*(row(blth=THIS, paid="2026-11-18", **known) for known, _ in again[:4]), as_of=date(2026, 11, 20))
    return found


def actors(cast):
    region = actor_of(make_user(role="supervisor"))
    region = replace(region, scope="region", region_id=cast.palembang.regional_office_id)
    return {
        "palembang": (cast.actor("fahmi"), {cast.palembang.id}),
        "jayapura": (cast.actor("debora"), {cast.jayapura.id}),
        "region": (region, {cast.palembang.id}),
        "nation": (cast.actor("ratna"), {cast.palembang.id, cast.jayapura.id}),
    }


def counted(cast, branches: set[int]) -> dict[str, dict[str, int]]:
    """Every month's figures, by plain Python from the rows of three tables."""
    read = {
        table: [one._asdict() for one in db.session.execute(text(f"SELECT * FROM {table}"))]
        for table in ("signups", "participants", "cadres")
    }
    now = {one["id"]: one["branch_id"] for one in read["cadres"]}
    then = now | {cast.herman.id: cast.palembang.id}  # where they were when everybody was validated
    states = {one["id"]: one["status"] for one in read["participants"]}
    found = {
        month: dict.fromkeys(
            ("reported", "matched", "validated", "still_paying", "in_grace", "active", "grace", "lapsed"), 0
        )
        for month in month_range("2025-11", THIS)
    }
    for one in read["signups"]:
        of, valid = found[str(one["reported_on"])[:7]], one["status"] == "validated"
        state = states.get(one["participant_id"])
        if now[one["cadre_id"]] in branches:
            of["reported"] += 1
            of["matched"] += valid or one["status"] == "matched" or one["validated_at"] is not None
            of["validated"] += valid
            of["still_paying"] += valid and state == "active"
            of["in_grace"] += valid and state == "grace"
        if valid and one["outcome"] == "new" and then[one["cadre_id"]] in branches:
            found[one["earned_month"]][state] += 1
    return found


def half_up(part: int, whole: int) -> int:
    return int(part * 100 / whole + 0.5)


@pytest.mark.slow
def test_home_and_file_tell_what_the_rows_say(client, cast):
    for name, (actor, branches) in actors(cast).items():
        expected = counted(cast, branches)
        assert sum(month["lapsed"] for month in expected.values()), "somebody lapsed"
        for month, figures in expected.items():
            funnel = funnel_of(actor, month)
            assert (funnel.reported, funnel.matched, funnel.validated, funnel.paying, funnel.grace) == tuple(
                figures[key] for key in ("reported", "matched", "validated", "still_paying", "in_grace")
            ), (name, month)
        followed = {one.cohort.month: one for one in list_followed(actor, THIS)}
        for age in (1, 3, 6, 12):
            month = add_months(THIS, -age)
            figures = expected[month]
            if total := sum(figures[state] for state in ("active", "grace", "lapsed")):
                one = followed.pop(month)
                assert (one.reported, one.cohort.age) == (figures["reported"], age)
                states = (one.cohort.active, one.cohort.grace, one.cohort.lapsed)
                assert states == (figures["active"], figures["grace"], figures["lapsed"]), (name, month)
                assert one.cohort.share == half_up(figures["active"], total)
        assert followed == {}

    for who, branches in (
        ("fahmi", {cast.palembang.id}),
        ("ratna", {cast.palembang.id, cast.jayapura.id}),
        ("agus", {cast.palembang.id, cast.jayapura.id}),
    ):
        sign_in(client, getattr(cast, who))
        answer = client.get("/dashboard/months")
        assert answer.mimetype == "text/csv"
        lines = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))
        expected = counted(cast, branches)
        assert [line["month"] for line in lines] == list(expected)
        for line in lines:
            figures = expected[line["month"]]
            for key in ("reported", "matched", "validated", "still_paying", "in_grace"):
                assert line[key] == str(figures[key]), (who, line["month"], key)
            for key in ("active", "grace", "lapsed"):
                assert line[f"cohort_{key}"] == str(figures[key]), (who, line["month"], key)
    assert list(check_sums()) == []


@pytest.mark.slow
def test_the_month_report_says_the_same_and_stays_one_page(client, cast, tmp_path):
    reader = shutil.which("pdftotext")
    if reader is None:
        pytest.skip("pdftotext is not installed (Debian: poppler-utils)")
    sign_in(client, cast.fahmi)
    expected = counted(cast, {cast.palembang.id})
    followed = max(month_range("2025-11", "2026-08"), key=lambda month: expected[month]["reported"])
    path = tmp_path / "laporan.pdf"
    path.write_bytes(client.get(f"/dashboard/report/{add_months(followed, 3)}").data)

    said = subprocess.run([reader, "-layout", path, "-"], capture_output=True, text=True, check=True).stdout

    assert said.count("\f") == 1, "one page"
    words = " ".join(said.split())
    assert f"Laporan {bulan(add_months(followed, 3))}, Palembang" in words
    figures, home = expected[followed], client.get("/").text
    for name, key in (("dilaporkan", "reported"), ("cocok data BPJS", "matched"), ("sah", "validated")):
        assert f"{name} {figures[key]} · {half_up(figures[key], figures['reported'])}%" in words, (
            name,
            words,
        )
    for age in (1, 3, 6, 12):
        figures = expected[add_months(THIS, -age)]
        total = sum(figures[state] for state in ("active", "grace", "lapsed"))
        if total:
            share = half_up(figures["active"], total)
            assert f"{share}% dari {total} peserta baru" in words, (age, words)
            assert f'<b class="num">{share}%</b>' in home


def test_a_cadre_and_finance_get_no_file_and_an_empty_portal_an_empty_one(client, app):
    cast = make_cast()
    for who in ("marlina", "farah", "vera"):
        sign_in(client, getattr(cast, who))
        assert client.get("/dashboard/months").status_code == 403, who
    sign_in(client, cast.fahmi)
    assert len(client.get("/dashboard/months").text.splitlines()) == 14
