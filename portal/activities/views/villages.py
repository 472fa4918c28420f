"""Villages for the form's picker: those of one regency to keep on the phone, and a search in the whole country."""

from flask import abort, jsonify, request
from flask.typing import ResponseReturnValue

from portal.activities.views.blueprint import bp
from portal.places.queries import children, find_region, place_line, search_villages, villages_in
from portal.web.access import allow
from portal.web.phone import kept_with_arguments

_FOUND = 8
_MONTH = 30 * 24 * 3600


@bp.get("/report/villages")
@allow("cadre")
@kept_with_arguments
def villages() -> ResponseReturnValue:
    """Return a regency's districts and villages, and the names of all regencies, for a phone that keeps them.

    Lines instead of objects: a name after the digits that its code adds, a district's marked with "#".
    """
    code = request.args.get("of", "")
    if len(code) != len("1671") or find_region(code) is None:
        abort(404)
    lines = [
        line
        for district in children(code)
        for line in (
            f"#{district.code[4:]}{district.name}",
            *(f"{village.code[6:]}{village.name}" for village in villages_in(district.code)),
        )
    ]
    regencies = [f"{each.code}{each.name}" for province in children() for each in children(province.code)]
    return _kept({"places": "\n".join(lines), "regencies": "\n".join(regencies)})


def _kept(known: dict[str, str]) -> ResponseReturnValue:
    """Let this browser keep names that anybody may know; after a month it asks whether they are still the same."""
    answer = jsonify(known)
    answer.add_etag()
    answer.headers["Cache-Control"] = f"private, max-age={_MONTH}"
    return answer.make_conditional(request)


@bp.get("/report/villages/search")
@allow("cadre")
def find_villages() -> ResponseReturnValue:
    """Find villages by name in the whole country."""
    found = search_villages(request.args.get("q", "")[:80], limit=_FOUND)
    return jsonify(items=[{"code": each.code, "line": place_line(each.code)} for each in found])
