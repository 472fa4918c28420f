"""portal user and portal import branches|cadres, as somebody types them."""

import json
import re
from datetime import date

import pytest
from preloaded import run_portal

from portal.cli.session import LAST_DAY

BRANCHES = "branch_code,name,regional_office,time_zone,region_code\nL00,Palembang,SBS,Asia/Jakarta,1671\n"
CADRES = "cadre_code,name,phone,branch_code,certified_on\nK1,Marlina,081277441903,L00,2026-01-05\n"


@pytest.fixture(scope="module")
def portal(tmp_path_factory):
    """Run a command on an instance of its own; return exit status, stdout and stderr."""
    folder = tmp_path_factory.mktemp("instance")
    environment = {
        "PORTAL_INSTANCE": str(folder),
        "PORTAL_CLOCK": "2026-11-22T12:00:00+07:00",
        "PATH": "/usr/bin:/bin",
    }

    def run(*words, **files):
        for name, text in files.items():
            (folder / f"{name}.csv").write_text(text)
        words = [str(folder / word) if str(word).endswith(".csv") else word for word in words]
        done = run_portal(*words, env=environment)
        return done.returncode, done.stdout, done.stderr

    assert run("db", "upgrade")[0] == 0
    return run


@pytest.mark.slow
def test_accounts_are_added_listed_changed_and_reset(portal):
    status, out, _ = portal("user", "add", "ratna@contoh.id", "--name", "Ratna", "--role", "admin")
    assert status == 0
    assert re.search(r"First password: \S{19}", out)
    assert portal("user", "add", "ratna@contoh.id", "--name", "Ratna", "--role", "admin")[0] == 1
    assert portal("user", "add", "x@contoh.id", "--name", "X", "--role", "cadre")[0] == 2

    assert portal("user", "role", "ratna@contoh.id", "--role", "auditor")[0] == 0
    assert json.loads(portal("user", "list", "--json")[1])[0]["role"] == "auditor"
    assert re.search(r"[A-Z2-9]{4}(-[A-Z2-9]{4}){2}", portal("user", "reset", "ratna@contoh.id")[1])
    assert portal("user", "reset", "siapa@contoh.id")[0] == 1


@pytest.mark.slow
def test_a_token_is_made_shown_once_listed_and_revoked(portal):
    portal("user", "add", "agus@contoh.id", "--name", "Agus", "--role", "auditor")
    made = json.loads(
        portal("user", "token", "agus@contoh.id", "--scopes", "read", "--days", "30", "--json")[1]
    )

    listed = json.loads(portal("user", "tokens", "agus@contoh.id", "--json")[1])
    assert [(one["number"], one["scopes"], one["last_used_at"]) for one in listed] == [
        (made["number"], ["read"], None)
    ]
    assert made["token"].startswith("pk_")
    assert made["token"] not in portal("user", "tokens", "agus@contoh.id")[1]
    status, out, _ = portal("user", "token", "agus@contoh.id", "--scopes", "read,report", "--days", "1")
    assert (status, out.splitlines()[-1][:3]) == (0, "pk_")
    assert portal("user", "token", "agus@contoh.id", "--scopes", "root", "--days", "1")[0] == 1
    assert portal("user", "revoke-token", "agus@contoh.id", str(made["number"]))[0] == 0
    assert portal("user", "revoke-token", "agus@contoh.id", str(made["number"]))[0] == 1


@pytest.mark.slow
def test_files_are_imported_whole_or_not_at_all(portal):
    assert portal("import", "branches", "b.csv", b=BRANCHES)[0] == 0
    assert portal("import", "cadres", "c.csv", c=CADRES)[1] == "1 stored, 0 updated, 0 the same as before.\n"
    bad = CADRES + "K2,Herman,081277441903,L00,\nK3,Yosef,,X99,\n"
    status, out, err = portal("import", "cadres", "c.csv", "--json", c=bad)

    assert status == 1
    assert [(one["line"], one["code"]) for one in json.loads(out)["problems"]] == [
        (3, "people.phone_taken"),
        (4, "people.unknown_branch"),
    ]
    assert "line 4, branch_code: " in err
    assert json.loads(out)["problems"][1]["reason"] in err
    assert "Traceback" not in err


@pytest.mark.slow
def test_bad_rows_of_an_extract_are_named_by_the_headings_of_the_file(portal):
    heading = (
        "NIK,KPJ,NAMA,TGL LAHIR,PROGRAM,TGL DAFTAR PERTAMA,KODE CABANG,BLTH,TGL BAYAR,IURAN,JENIS PEMBAYAR\n"
    )
    row = '"3,27E+15",,SITI,1985-07-05,"JKK,JKM",2026-10-12,L00,,,,\n'
    words = ("import", "extract", "e.csv", "--as-of", "2026-10-31", "--json")
    for extra in ((), ("--skip-bad",)):
        status, out, err = portal(*words, *extra, e=heading + row)

        (problem,) = json.loads(out)["problems"]
        assert status == (0 if extra else 1)
        assert (problem["line"], problem["column"], problem["code"]) == (2, "NIK", "cell.number_lost_digits")
        assert f"line 2, NIK: {problem['reason']}" in err


def test_what_the_machine_refuses_is_one_line(portal, tmp_path):
    status, _, err = portal("backup", "/nowhere/b.tgz")
    assert (status, err.count("\n")) == (1, 1)
    assert "/nowhere" in err

    empty = {"PORTAL_INSTANCE": str(tmp_path), "PATH": "/usr/bin:/bin"}
    done = run_portal("month", "status", env=empty)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)
    assert "portal db upgrade" in done.stderr


@pytest.mark.parametrize("noun", ["branches", "cadres", "activities", "signups", "extract"])
def test_a_file_that_is_not_there_is_bad_usage(portal, noun):
    more = ["--as-of", "2026-10-31"] if noun == "extract" else []
    status, out, err = portal("import", noun, "nowhere.csv", *more)

    assert (status, out) == (2, "")
    assert "nowhere.csv" in err
    assert "Traceback" not in err


@pytest.mark.parametrize(
    ("typed", "day"), [("2026-10-15", "2026-10-15"), ("2026-10", "2026-10-31"), ("2028-02", "2028-02-29")]
)
def test_the_demo_ends_on_a_day_or_with_a_month(typed, day):
    assert LAST_DAY.convert(typed, None, None) == date.fromisoformat(day)


@pytest.mark.parametrize("typed", ["2026-13", "2026-02-30", "oktober", "2026", "20261015x", ""])
def test_what_is_no_day_and_no_month_is_bad_usage(portal, typed):
    status, _, err = portal("demo", "load", "--until", typed)

    assert status == 2
    assert "2026-10" in err
