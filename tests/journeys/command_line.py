"""Drives the portal as an operator would: files in, commands, files out."""

import base64
import csv
import json
from datetime import datetime
from pathlib import Path

from click.testing import CliRunner, Result

from portal import clock
from portal.cli.main import portal
from portal.cli.session import OneApp
from portal.domain.errors import RuleBroken

CLOCKED = {"branches", "cadres", "activities", "signups"}


class CommandLine:
    """The command line on one database, at the world's present time.

    One app serves all commands until the environment changes: making it costs more than most commands do.
    """

    def __init__(self, database, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(exist_ok=True)
        self.env = {
            "PORTAL_ENV": "test",
            "PORTAL_DATABASE_URL": database.url,
            "PORTAL_DATABASE_OWNER_URL": database.owner,
            "PORTAL_INSTANCE": str(folder),
            "PORTAL_SECRET_KEY": "test-" * 8,
            "PORTAL_DATA_KEY": base64.urlsafe_b64encode(b"d" * 31 + b"1").decode(),
            "PORTAL_INDEX_KEY": base64.urlsafe_b64encode(b"i" * 31 + b"1").decode(),
        }
        self.clock = ""
        self.number = 0
        self.app, self.made_for = OneApp(), dict(self.env)

    def run(self, *words: object) -> Result:
        """Run a command; a refusal is a result, a fault is raised."""
        env = self.env | ({"PORTAL_CLOCK": self.clock} if self.clock else {})
        if self.env != self.made_for:
            self.app, self.made_for = OneApp(), dict(self.env)
        if self.clock:
            clock.configure(datetime.fromisoformat(self.clock))
        result = CliRunner().invoke(portal, [str(word) for word in words], env=env, obj=self.app)
        db_bound = result.exception
        if db_bound is not None and not isinstance(db_bound, (SystemExit, RuleBroken)):
            raise db_bound
        return result

    def ok(self, *words: object) -> Result:
        """Run a command that must succeed."""
        result = self.run(*words)
        assert result.exit_code == 0, (words, result.output, result.exception)
        return result

    def write(self, name: str, rows: list[dict], *, delimiter: str = ",") -> Path:
        """Write rows as a CSV file."""
        self.number += 1
        path = self.folder / f"{self.number:03}-{name}.csv"
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, list(rows[0]) if rows else ["empty"], delimiter=delimiter)
            writer.writeheader()
            writer.writerows(rows)
        return path

    def play(self, event: tuple[str, str, object]) -> dict | None:
        """Carry out one event of a world; a close returns its JSON."""
        self.clock, kind, payload = event
        if kind in CLOCKED:
            if payload:
                self.ok("import", kind, self.write(kind, payload))
        elif kind == "document":
            self.number += 1
            path = self.folder / f"{self.number:03}-plan.json"
            path.write_text(json.dumps(payload), encoding="utf-8")
            self.ok("plan", "load", path)
        elif kind == "plan":
            code, branch, month = payload
            self.ok("plan", "assign", code, "--branch", branch, "--from", month)
        elif kind == "extract":
            as_of, rows = payload
            self.ok(
                "import", "extract", self.write("extract", rows, delimiter=";"), "--as-of", as_of, "--apply"
            )
        elif kind == "close":
            return json.loads(self.ok("month", "close", payload, "--json").stdout)
        return None

    def export(self, what: str, month: str) -> list[dict]:
        """Export a table of a month and read it back."""
        self.number += 1
        path = self.folder / f"{self.number:03}-{what}.csv"
        self.ok("export", what, month, "--out", path)
        with path.open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))
