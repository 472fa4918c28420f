"""The row of an import: what an extract contains, which row its application counts as, and the counts on it."""

from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import func, insert, select, update

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
            "profile": {
                name: value.isoformat() if isinstance(value, date) else value
                for name, value in self.profile.items()
            },
            "counts": self.counts,
            "bad_rows": self.bad_rows,
            "problems": [asdict(problem) for problem in self.problems],
        }


def find_import_row(
    given: GivenExtract, file_name: str, *, skip_bad: bool, by: Signature, import_id: int | None
) -> int:
    """Return the import that this application counts as: the first one of the same file and day."""
    row, as_of = ExtractImport, given.as_of
    digest = digest_of(given.path)
    known = db.session.execute(
        select(func.min(row.id)).where(row.sha256 == digest, row.as_of == as_of, row.status == "applied"),
    ).scalar_one()
    if known is not None:
        return int(known)
    values = {"status": "applied", "applied_by": by.actor.user_id, "applied_at": by.at, "skip_bad": skip_bad}
    if import_id is not None:
        waiting = update(row).where(row.id == import_id, row.status.in_(("uploaded", "previewed")))
        change_one(waiting.values(**values, as_of=as_of), otherwise=RuleBroken("membership.extract_done"))
        return import_id
    values |= {"file_name": file_name[:200], "sha256": digest, "as_of": as_of}
    values |= {"uploaded_by": by.actor.user_id, "uploaded_at": by.at}
    made = db.session.execute(insert(row).values(values).returning(row.id)).scalar_one()
    return int(made)


def keep_counts(result: ExtractResult) -> None:
    """Keep the counts so far with the import: who applies the file again goes on from them."""
    _row_of(result).counts = {**_shown(result), _UNFINISHED: True}


def add_interrupted(result: ExtractResult) -> None:
    """Add what an application of the same file had counted when it was interrupted."""
    stored = _row_of(result).counts or {}
    earlier = stored if _UNFINISHED in stored else {}
    counts = result.counts
    counts |= {name: earlier[name] for name in counts if name in earlier and name not in NEWS}
    counts |= {name: counts.get(name, 0) + earlier[name] for name in NEWS if name in earlier}


def record_result(result: ExtractResult, *, by: Signature) -> None:
    """Store the counts with the import and audit it, unless the file was known and changed nothing."""
    row = _row_of(result)
    stored = row.counts or {}
    if stored.get("rows") and _UNFINISHED not in stored and result.nothing_new:
        return
    row.counts = _shown(result)
    row.problems = result.document()["problems"]
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


def _row_of(result: ExtractResult) -> ExtractImport:
    return db.session.get_one(ExtractImport, result.import_id)


def _shown(result: ExtractResult) -> dict[str, Any]:
    """Return what is shown of an import: its counts and the file's profile."""
    return {**result.counts, **result.document()["profile"], "bad_rows": result.bad_rows}
