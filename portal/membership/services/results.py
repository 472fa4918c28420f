"""The row of an import: what an extract contains, which row its application counts as, and the counts on it.

An application is begun, applied, and finished. While it is begun, its row still says "previewed", with the instant of
the beginning: people, payments and matches are stored part by part, and nothing counts as of the extract's day. Once
all is stored and matched, it says "applied". Its counts carry a mark until the last match is confirmed: who applies the
same file again after an interruption goes on from there.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import insert, or_, select, update

from portal import audit
from portal.database.extensions import db
from portal.database.guarded import change_one
from portal.domain.actors import Signature
from portal.domain.errors import RuleBroken
from portal.membership.models import ExtractImport
from portal.membership.services.reading import digest_of
from portal.tables.problems import RowError

NEWS = (
    "participants_new",
    "participants_changed",
    "contributions_new",
    "conflicts_new",
    "states_changed",
    "linked",
    "contradicted",
    "matched",
    "unmatched",
    "rejected",
    "noted",
    "expired",
    "disputed",
    "left_dispute",
    "validated",
)
_STORED = (
    "participants_new",
    "participants_changed",
    "participants",
    "contributions_new",
    "contributions_same",
    "conflicts",
    "conflicts_new",
    "states_changed",
    "linked",
    "contradicted",
)
_UNFINISHED = "unfinished"  # among the counts: the application was interrupted, or still runs


@dataclass(frozen=True)
class GivenExtract:
    """An extract as somebody gives it: its file, the day it shows, and the file's name where another kept it."""

    path: Path
    as_of: date
    file_name: str = ""


@dataclass
class ExtractResult:
    """What an extract contains and what applying it does: the file's profile, counts, bad rows."""

    as_of: date
    profile: dict[str, Any]
    counts: dict[str, int]
    bad_rows: int
    problems: list[RowError] = field(default_factory=list)
    import_id: int | None = None
    applied: bool = False

    @property
    def nothing_new(self) -> bool:
        """Tell whether everything was known already and nothing changed."""
        return not any(self.counts.get(name) for name in NEWS)

    def document(self) -> dict[str, Any]:
        """Return the result as plain data."""
        return {
            "as_of": self.as_of.isoformat(),
            "applied": self.applied,
            "nothing_new": self.nothing_new,
            "profile": plain(self.profile),
            "counts": self.counts,
            "bad_rows": self.bad_rows,
            "problems": [asdict(problem) for problem in self.problems],
        }


def plain(profile: Mapping[str, Any]) -> dict[str, Any]:
    """Return a profile as plain data."""
    return {name: one.isoformat() if isinstance(one, date) else one for name, one in profile.items()}


@dataclass
class Application:
    """An application of an extract that runs, with what it has counted, before an interruption too.

    `before`: what an interrupted run counted that had stored everything. `finished`: this file was applied before.
    `known`: the newest participant at the beginning. `renamed`, `updated`: the participants changed so far.
    """

    import_id: int
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(_STORED, 0))
    before: dict[str, int] = field(default_factory=dict)
    finished: bool = False
    known: int = 0
    renamed: int = 0
    updated: int = 0

    def add(self, more: Mapping[str, int]) -> None:
        """Add counts."""
        for name, count in more.items():
            self.counts[name] = self.counts.get(name, 0) + count


def begin(
    given: GivenExtract,
    file_name: str,
    *,
    skip_bad: bool,
    known: int,
    by: Signature,
    import_id: int | None = None,
) -> Application:
    """Begin an application, or go on with an interrupted one; the first import of the same file and day counts."""
    row = _find_same(given)
    if row is None:
        number = _begin_row(given, file_name, skip_bad=skip_bad, by=by, import_id=import_id)
        return Application(number, known=known)
    counts = row.counts or {}
    if _UNFINISHED not in counts:
        return Application(row.id, known=known, finished=True)
    done = Application(row.id, **counts[_UNFINISHED])
    done.counts |= {name: counts[name] for name in NEWS if name in counts}
    if row.status == "applied":  # who came with it is counted
        done.known = known
        done.before = {name: counts[name] for name in _STORED if name not in NEWS and name in counts}
    return done


def _find_same(given: GivenExtract) -> ExtractImport | None:
    """Find the import of the same file and day: applied, or begun."""
    row = ExtractImport
    query = select(row).where(row.sha256 == digest_of(given.path), row.as_of == given.as_of)
    begun = query.where(
        or_(row.status == "applied", (row.status == "previewed") & row.applied_at.is_not(None))
    )
    return db.session.scalars(begun.order_by(row.id).limit(1)).one_or_none()


def _begin_row(
    given: GivenExtract, file_name: str, *, skip_bad: bool, by: Signature, import_id: int | None
) -> int:
    row = ExtractImport
    values = {
        "status": "previewed",
        "applied_by": by.actor.user_id,
        "applied_at": by.at,
        "skip_bad": skip_bad,
    }
    values |= {"as_of": given.as_of}
    if import_id is not None:
        waiting = update(row).where(row.id == import_id, row.status.in_(("uploaded", "previewed")))
        change_one(waiting.values(values), otherwise=RuleBroken("membership.extract_done"))
        return import_id
    values |= {"file_name": file_name[:200], "sha256": digest_of(given.path)}
    values |= {"uploaded_by": by.actor.user_id, "uploaded_at": by.at}
    made = db.session.execute(insert(row).values(values).returning(row.id)).scalar_one()
    return int(made)


def keep(done: Application, profile: Mapping[str, Any], *, bad_rows: int) -> None:
    """Keep with the import what is counted so far, and that it is not finished; nothing new leaves it as it was."""
    if done.finished and not any(done.counts.get(name) for name in NEWS):
        return
    mark = {"known": done.known, "renamed": done.renamed, "updated": done.updated}
    shown = {**done.counts, **profile, "bad_rows": bad_rows}
    _row_of(done.import_id).counts = {**shown, _UNFINISHED: mark}
    db.session.flush()


def is_begun(row: ExtractImport) -> bool:
    """Tell whether an import was begun and not finished."""
    return _UNFINISHED in (row.counts or {})


def mark_applied(import_id: int) -> None:
    """Let the import count: all of it is stored and matched."""
    _row_of(import_id).status = "applied"
    db.session.flush()


def record_result(result: ExtractResult, *, by: Signature) -> None:
    """Store the counts with the import and audit it, unless the file was known and changed nothing."""
    row = _row_of(result.import_id)
    stored = row.counts or {}
    if stored.get("rows") and _UNFINISHED not in stored and result.nothing_new:
        return
    document = result.document()
    row.counts = {**result.counts, **document["profile"], "bad_rows": result.bad_rows}
    row.problems = document["problems"]
    db.session.flush()
    details = {
        name: result.counts.get(name, 0) for name in ("contributions_new", "validated", "conflicts_new")
    }
    audit.record(
        by=by,
        act="extract.applied",
        subject=("extract", row.id),
        details={"as_of": result.as_of.isoformat(), **details},
    )


def _row_of(import_id: int | None) -> ExtractImport:
    return db.session.get_one(ExtractImport, import_id)
