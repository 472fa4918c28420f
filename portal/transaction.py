"""One transaction around one act: commit once if the block succeeds, else roll back."""

from collections.abc import Iterator
from contextlib import contextmanager

from portal.extensions import db


@contextmanager
def transaction() -> Iterator[None]:
    """Run the block in a write transaction of its own.

    What the request read before is let go first: a read snapshot cannot be turned into a write on SQLite
    when another has written since.
    """
    session = db.session
    session.rollback()
    session.connection(execution_options={"sqlite_begin": "IMMEDIATE"})
    try:
        yield
        session.commit()
    except BaseException:
        session.rollback()
        raise
