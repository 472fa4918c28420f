"""Keep with each cadre the day of the last report, by triggers, so that who is silent is found by an index.

An import stores its rows as version 0 and numbers them at its end, when it has locked its cadres in order: only then do
they count, so that no two writers wait for each other crosswise.
"""

import sqlalchemy as sa
from alembic import op

revision = "0013_last_reports"
down_revision = "0012_tallies"
branch_labels = None
depends_on = None

INDEXES = {
    "ix_cadres_silent": ["status", "last_report_on", "name", "id"],
    "ix_cadres_silent_branch": ["branch_id", "status", "last_report_on"],
}
NEWEST = "(SELECT MAX(held_on) FROM activities WHERE cadre_id = cadres.id AND version > 0)"
MOVED = "OLD.version = 0 OR OLD.held_on <> NEW.held_on OR OLD.cadre_id <> NEW.cadre_id"
RENUMBERED = "b.version = 0 OR b.held_on <> a.held_on OR b.cadre_id <> a.cadre_id"
SQLITE = {
    "insert": (
        "INSERT ON activities WHEN NEW.version > 0",
        "UPDATE cadres SET last_report_on = NEW.held_on WHERE id = NEW.cadre_id"
        " AND (last_report_on IS NULL OR last_report_on < NEW.held_on)",
    ),
    "update": (
        f"UPDATE OF version, held_on, cadre_id ON activities WHEN {MOVED}",
        f"UPDATE cadres SET last_report_on = {NEWEST} WHERE id IN (OLD.cadre_id, NEW.cadre_id)",
    ),
    "delete": (
        "DELETE ON activities",
        f"UPDATE cadres SET last_report_on = {NEWEST} WHERE id = OLD.cadre_id",
    ),
}
TABLES = {
    "insert": "NEW TABLE AS added",
    "update": "OLD TABLE AS removed NEW TABLE AS added",
    "delete": "OLD TABLE AS removed",
}
# The cadres are locked, in order, before the reports are read: so the newest of two reports at once is never lost.
POSTGRESQL = f"""CREATE FUNCTION keep_last_report() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE moved bigint[];
BEGIN
  IF TG_OP = 'INSERT' THEN
    moved = ARRAY(SELECT DISTINCT cadre_id FROM added WHERE version > 0);
  ELSIF TG_OP = 'DELETE' THEN
    moved = ARRAY(SELECT DISTINCT cadre_id FROM removed);
  ELSE
    moved = ARRAY(
      SELECT DISTINCT unnest(ARRAY[b.cadre_id, a.cadre_id])
      FROM added AS a JOIN removed AS b ON b.id = a.id WHERE {RENUMBERED}
    );
  END IF;
  IF cardinality(moved) > 0 THEN
    PERFORM 1 FROM cadres WHERE id = ANY(moved) ORDER BY id FOR NO KEY UPDATE;
    UPDATE cadres SET last_report_on = {NEWEST}
    WHERE id = ANY(moved) AND last_report_on IS DISTINCT FROM {NEWEST};
  END IF;
  RETURN NULL;
END $$"""


def upgrade() -> None:
    """Add the column with its indexes, fill it, and let the triggers keep it."""
    op.add_column("cadres", sa.Column("last_report_on", sa.Date(), nullable=True))
    for name, columns in INDEXES.items():
        op.create_index(name, "cadres", columns)
    op.execute(f"UPDATE cadres SET last_report_on = {NEWEST}")
    if op.get_bind().dialect.name == "sqlite":
        for act, (event, body) in SQLITE.items():
            op.execute(f"CREATE TRIGGER last_report_{act} AFTER {event} BEGIN {body}; END")
        return
    op.execute(POSTGRESQL)
    for act, words in TABLES.items():
        op.execute(
            f"CREATE TRIGGER last_report_{act} AFTER {act.upper()} ON activities REFERENCING {words}"
            " FOR EACH STATEMENT EXECUTE FUNCTION keep_last_report()"
        )


def downgrade() -> None:
    """Drop triggers, indexes and column; a further upgrade looks up the days anew."""
    sqlite = op.get_bind().dialect.name == "sqlite"
    for act in TABLES:
        op.execute(f"DROP TRIGGER last_report_{act}" + ("" if sqlite else " ON activities"))
    if not sqlite:
        op.execute("DROP FUNCTION keep_last_report()")
    for name in INDEXES:
        op.drop_index(name, table_name="cadres")
    op.drop_column("cadres", "last_report_on")
