"""Looks after every commit whether the coming close has changed without its inputs' state telling (SQLite)."""

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from portal.audit import AuditEvent
from portal.database.extensions import db
from portal.months.queries.inputs import Inputs, have_changed, inputs_of
from portal.months.queries.previews import preview_month
from portal.months.queries.status import next_to_close


class Watcher:
    """Computes the oldest open month after each commit: `unseen` are commits that moved it behind a ready close's back.

    `moved` counts the acts after which it closes otherwise than before; none of them would prove nothing.
    """

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.unseen: list[str] = []
        self.moved: Counter[str] = Counter()
        self._before: tuple[str, Inputs, Any] | None = None

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Look at what is there, and again after each commit of the block."""
        self._elsewhere()
        event.listen(Session, "after_commit", self._elsewhere)
        try:
            yield
        finally:
            event.remove(Session, "after_commit", self._elsewhere)

    def _elsewhere(self, _session: Session | None = None) -> None:
        problems: list[Exception] = []

        def run() -> None:
            with self.app.app_context():
                try:
                    self._look()
                except Exception as problem:
                    problems.append(problem)
                finally:
                    db.session.remove()

        thread = threading.Thread(target=run)
        thread.start()
        thread.join()
        assert problems == []

    def _look(self) -> None:
        month = next_to_close()
        if month is None:
            return
        before, found = self._before, preview_month(month)
        result = (found.digest, found.totals)
        if before is not None and before[0] == month and before[2] != result:
            act = db.session.scalars(select(AuditEvent.act).order_by(AuditEvent.id.desc())).first()
            self.moved[str(act)] += 1
            if not have_changed(month, before[1]):
                self.unseen.append(f"{month} closes otherwise after {act}")
        self._before = (month, inputs_of(month), result)
