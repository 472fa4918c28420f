"""The contribution table as data: shipped once, loaded by version, refused with its reason, in the audit trail."""

import json
from datetime import UTC, date, datetime

import pytest
from cast import make_cast
from command_line import CommandLine
from factories import actor_of
from sqlalchemy import select

from portal.audit import AuditEvent
from portal.cli.db import install_defaults
from portal.cli.session import words
from portal.database.extensions import db
from portal.database.transaction import transaction
from portal.domain.actors import Signature
from portal.domain.contribution_shipped import SHIPPED_TABLE
from portal.domain.contributions import Declared, due_in
from portal.domain.errors import NotAllowed
from portal.explainer.queries import get_book, list_tables
from portal.explainer.services import load_table

AT = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)
WORKER = Declared(1_000_000, ("JKK", "JKM"))
DEARER = SHIPPED_TABLE | {"valid_from": "2027-02", "JKM": 7_000, "checked_on": "2026-11-20"}


@pytest.fixture
def command(database, app, tmp_path):
    make_cast()
    db.session.rollback()
    return CommandLine(database, tmp_path / "files")


@pytest.fixture
def file(tmp_path):
    def write(document):
        path = tmp_path / "tabel.json"
        path.write_text(json.dumps(document))
        return str(path)

    return write


def price(month):
    db.session.rollback()
    return due_in(get_book(), month, WORKER).due


def test_the_shipped_table_is_stored_once(app):
    with app.app_context():
        install_defaults()

    (stored,) = list_tables()
    assert (stored.version, stored.valid_from, stored.checked_on) == (1, "2025-08", None)
    assert (price("2026-11"), price("2027-01")) == (8_400, 16_800)


def test_a_new_version_is_checked_loaded_and_listed(command, file):
    assert (
        "A valid contribution table from 2027-02" in command.ok("contributions", "check", file(DEARER)).stdout
    )
    assert len(list_tables()) == 1

    loaded = json.loads(command.ok("contributions", "load", file(DEARER), "--json").stdout)
    again = json.loads(command.ok("contributions", "load", file(DEARER), "--json").stdout)

    assert (loaded["version"], loaded["valid_from"]) == (2, "2027-02")
    assert again == loaded
    assert "v2 from 2027-02, checked on 2026-11-20" in command.ok("contributions", "list").stdout
    assert [row["version"] for row in json.loads(command.ok("contributions", "list", "--json").stdout)] == [
        1,
        2,
    ]
    assert (price("2027-01"), price("2027-02")) == (16_800, 17_000)


def test_a_version_is_printed_as_it_can_be_loaded(command, file):
    printed = json.loads(command.ok("contributions", "show", "1").stdout)

    assert printed == SHIPPED_TABLE
    assert json.loads(command.ok("contributions", "load", file(printed), "--json").stdout)["version"] == 1
    missing = command.run("contributions", "show", "9")
    assert (missing.exit_code, missing.exception.code) == (1, "contributions.no_version")


def test_a_correction_of_the_same_month_holds_and_can_be_taken_back(command, file):
    corrected = SHIPPED_TABLE | {"JKM": 6_900}
    assert "Version 2 holds from 2025-08" in command.ok("contributions", "load", file(corrected)).stdout
    assert price("2025-12") == 16_900

    assert "Version 3 holds from 2025-08" in command.ok("contributions", "load", file(SHIPPED_TABLE)).stdout
    assert price("2025-12") == 16_800


@pytest.mark.parametrize(
    ("document", "code", "said"),
    [
        ({}, "contributions.schema", "'valid_from' is a required property"),
        (SHIPPED_TABLE | {"extra": 1}, "contributions.schema", "extra"),
        (SHIPPED_TABLE | {"JKM": -1}, "contributions.schema", "$.JKM"),
        (SHIPPED_TABLE | {"JKM": 6_800.5}, "contributions.schema", "$.JKM"),
        (SHIPPED_TABLE | {"valid_from": "2027-13"}, "contributions.schema", "valid_from"),
        (SHIPPED_TABLE | {"source": "PP\u0000"}, "contributions.schema", "control characters"),
        (
            SHIPPED_TABLE | {"reliefs": [SHIPPED_TABLE["reliefs"][0] | {"programmes": ["JHT"]}]},
            "contributions.schema",
            "JHT",
        ),
        (SHIPPED_TABLE | {"brackets": SHIPPED_TABLE["brackets"][1:]}, "contributions.first_bracket", "0"),
    ],
)
def test_a_wrong_table_is_refused_in_one_line_and_stored_nowhere(command, file, document, code, said):
    done = command.run("contributions", "load", file(document))

    assert (done.exit_code, done.exception.code) == (1, code)
    line = words(done.exception, command.app)
    assert said in line
    assert "\n" not in line
    assert len(list_tables()) == 1


def test_loading_is_in_the_audit_trail(command, file):
    command.ok("contributions", "load", file(DEARER))

    events = db.session.scalars(select(AuditEvent).where(AuditEvent.subject_kind == "contribution_table"))
    assert [(event.act, event.subject_id) for event in events] == [
        ("contributions.installed", "1"),
        ("contributions.loaded", "2"),
    ]


@pytest.mark.parametrize("name", ["marlina", "fahmi", "farah"])
def test_only_an_admin_of_the_nation_loads_one(app, name):
    cast = make_cast()

    with pytest.raises(NotAllowed), transaction():
        load_table(document=DEARER, by=Signature(actor_of(getattr(cast, name)), AT))


def test_an_admin_of_the_nation_loads_one(app):
    cast = make_cast()

    with transaction():
        assert load_table(document=DEARER, by=Signature(actor_of(cast.ratna), AT)).version == 2
    assert date.fromisoformat(list_tables()[1].checked_on or "") == date(2026, 11, 20)
