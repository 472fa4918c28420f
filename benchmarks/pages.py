"""Pages and reads in process, each in turn with the floors; medians in microseconds."""

import dataclasses
import gzip
import random
import re
from collections.abc import Mapping

from flask import Flask
from sqlalchemy import RowMapping, text

from benchmarks import children, floors, measuring
from benchmarks.data import MONTH, PRESENT
from benchmarks.measuring import Visit
from benchmarks.people import cookie_of, middle_cadre, user_id
from portal.app import create_app
from portal.database.extensions import db
from portal.leaderboards.queries.above import ABOVE
from portal.leaderboards.queries.boards import PAGE, BoardRow, Cursor, list_board
from portal.leaderboards.queries.scopes import INDONESIA

SAMPLE = 300  # cadres whose national rank is read and compared
_NATIONAL = text(
    f"SELECT 1 + {ABOVE['nation'].format(row='s')} FROM standings AS s WHERE s.period = :period AND s.cadre_id = :cadre"
)
_RANKED = text(
    "SELECT cadre_id, RANK() OVER (ORDER BY score DESC) AS place FROM standings WHERE period = :period AND points > 0"
)
_DEEP = text(
    "SELECT s.score, s.points, s.cadre_id, COALESCE(NULLIF(c.alias, ''), c.name) AS name"
    " FROM standings AS s JOIN cadres AS c ON c.id = s.cadre_id WHERE s.period = :period AND s.points > 0"
    " ORDER BY s.score DESC, s.cadre_id LIMIT 1 OFFSET :skip"
)


def visits(app: Flask) -> dict[str, Visit]:
    """List the pages that are measured, with the floors first."""
    with app.app_context():
        cadre = middle_cadre(PRESENT)
        staff = {name: user_id(f"{name}@demo.test") for name in ("fahmi", "wahyu", "ratna")}
    own = cookie_of(app, cadre.user_id)
    fahmi, wahyu, ratna = (cookie_of(app, staff[name]) for name in ("fahmi", "wahyu", "ratna"))
    tag = Visit(app, "/ranks", own)()[1]["ETag"]
    found = {
        "hello": Visit(floors.hello_app(), "/"),
        "one row": Visit(app, "/bench/one-row", own),
        "own rank": Visit(app, "/ranks", own),
        "own rank, region": Visit(app, "/ranks?scope=region", own),
        "own rank, nation": Visit(app, "/ranks?scope=nation", own),
        "own rank, 304": Visit(app, "/ranks", own, status="304", If_None_Match=tag),
        "home": Visit(app, "/", own),
        "Insentif": Visit(app, "/statements", own),
        "statement": Visit(app, f"/statements/{MONTH}", own),
        "review": Visit(app, "/review", fahmi),
        "branch home": Visit(app, "/", fahmi),
        "office home": Visit(app, "/", wahyu),
        "nation home": Visit(app, "/", ratna),
        "board": Visit(app, "/boards/nation", ratna),
    }
    deep = _deep_board(app, ratna)
    return found | ({"board, deep": deep} if deep else {})


def _deep_board(app: Flask, cookie: str) -> Visit | None:
    """Return the nation's board at nine tenths of its depth: the address of its second page, with another place in it.

    None if the board has no second page.
    """
    first = Visit(app, "/boards/nation", cookie)()[0].decode()
    link = re.search(r'href="(/boards/[^"]*after=[^"]*)"', first)
    with app.app_context():
        row = _deep_row()
    if link is None or row is None:
        return None
    head, _, place = link[1].replace("&amp;", "&").partition("after=")
    words = place.split(".", 2)
    moved = [str(row["score"]), str(row["cadre_id"]), str(row["name"])][: len(words)]
    deep = Visit(app, f"{head}after={'.'.join(moved)}", cookie)
    assert deep()[0].decode().count("<tr") > 50, "no page of a board at this place"
    assert not set(_ranks(first)) & set(_ranks(deep()[0].decode())), "the deep page begins at the top"
    return deep


def _ranks(html: str) -> list[str]:
    return re.findall(r"<tr[^>]*>\s*<t[dh][^>]*>\s*(\d[\d.]*)", html)


def _deep_row() -> RowMapping | None:
    """Return the row after which nine tenths of the board are passed, and a whole page follows; None if none does."""
    ranked = "SELECT COUNT(*) FROM standings WHERE period = :period AND points > 0"
    count = db.session.execute(text(ranked), {"period": PRESENT}).scalar_one()
    if count < 2 * PAGE:
        return None
    skip = min(count * 9 // 10, count - PAGE - 1)
    return db.session.execute(_DEEP, {"period": PRESENT, "skip": skip}).mappings().one()


def _cursor(row: RowMapping) -> Cursor:
    known = {"place": row["score"], "name": row["name"], "cadre_id": row["cadre_id"]}
    return Cursor(**{field.name: known[field.name] for field in dataclasses.fields(Cursor)})


def measure_reads(*, seconds: float) -> children.Figures:
    """Measure the reads behind the pages against a read by primary key, and compare the ranks that they give."""
    rank_of = {row.cadre_id: row.place for row in db.session.execute(_RANKED, {"period": PRESENT})}
    cadres = random.Random(7).sample(sorted(rank_of), min(SAMPLE, len(rank_of)))

    def rank(cadre: int) -> int:
        found = db.session.connection().execute(_NATIONAL, {"period": PRESENT, "cadre": cadre})
        return int(found.scalar_one())

    wrong = [cadre for cadre in cadres if rank(cadre) != rank_of[cadre]]
    deep = _deep_row()

    def page(after: Cursor | None) -> list[BoardRow]:
        return list_board(INDONESIA, PRESENT, after=after, frozen=False).rows

    acts: dict[str, measuring.Act] = {
        "key read": lambda: floors.read_key(1),
        "national rank": measuring.cycle(rank, cadres),
        "board page": lambda: page(None),
    }
    if deep is not None:
        after = _cursor(deep)
        assert len(page(after)) == PAGE
        acts["board page, deep"] = lambda: page(after)
    db.session.rollback()
    found = measuring.microseconds(acts, measuring.processor_of_app(), seconds=seconds)
    return {**found, "ranks that differ": len(wrong), "ranks compared": len(cadres)}


def weights(found: Mapping[str, Visit]) -> dict[str, int]:
    """Return the compressed size of documents, in bytes."""
    return {
        name: len(gzip.compress(found[name]()[0], 6)) for name in ("own rank", "home", "Insentif", "review")
    }


def measure(seconds: str) -> children.Figures:
    """Measure the pages, then the reads behind boards and ranks."""
    app = create_app()
    floors.add_one_row(app)
    found = visits(app)
    with app.app_context():
        processor = measuring.processor_of_app()
    pages = measuring.microseconds(found, processor, seconds=float(seconds))
    with app.app_context():
        reads = measure_reads(seconds=float(seconds) / 4)
    return {"pages": pages, "reads": reads, "bytes": weights(found)}


if __name__ == "__main__":
    children.answer(measure)
