"""Fields that a form does not have, named like every column of every table: no route writes one of them."""

import pytest
from architecture.test_hostile import Attack, asked, attack, fitting_routes
from sqlalchemy import event

from portal.database.columns import Base
from portal.database.extensions import db

pytestmark = [pytest.mark.slow]

__all__ = ["attack"]
PLANTED = "86420975"
COLUMNS = sorted({column.name for table in Base.metadata.sorted_tables for column in table.columns})


def test_no_route_writes_a_field_that_its_form_does_not_have(attack: Attack):
    route_now, wrong, tried = [""], [], 0

    def look(_connection, _cursor, statement, parameters, *_rest) -> None:
        if PLANTED in repr(parameters) and statement.lstrip().upper().startswith(
            ("INSERT", "UPDATE", "COPY")
        ):
            wrong.append(f"{route_now[0]}: {' '.join(statement.split())[:160]}")

    event.listen(db.engine, "before_cursor_execute", look)
    for route in fitting_routes(attack.app):
        if route.method == "GET":
            continue
        own = attack.world.case(route.endpoint, set(route.variables)).form
        fit = {name: str(value).encode() for name, value in own.items()}
        known = set(asked(attack, route, fit)) | set(fit)
        extra = dict.fromkeys([name for name in COLUMNS if name not in known], PLANTED.encode())
        route_now[0] = str(route)
        attack.send(route, "with foreign fields", path=attack.path(route), data=fit | extra)
        tried += 1
    event.remove(db.engine, "before_cursor_execute", look)

    assert tried > 40
    assert not attack.wrong, "\n".join(attack.wrong)
    assert not wrong, "\n".join(wrong)
