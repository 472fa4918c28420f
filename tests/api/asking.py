"""Calling the interface as the phone's sender does: a session's cookie, and the token of /me in a header."""

from typing import Any

from factories import make_nik
from reporting import BORN, VILLAGE, new_ref
from signing_in import csrf_token, sign_in

BASE = "/api/v1"


def sign_up(**overrides: Any) -> dict[str, Any]:
    return {
        "ref": new_ref(),
        "name": "Siti Aminah",
        "nik": make_nik(BORN),
        "birth_date": "1985-07-05",
        "phone": "0812 7744 1903",
        "occupation": "Pedagang",
        "programmes": "JKK,JKM",
        "consent_version": "2026-11",
        "consent_at": "2026-11-20T03:10:00Z",
    } | overrides


def body(**overrides: Any) -> dict[str, Any]:
    return {
        "type": "market_visit",
        "held_on": "2026-11-20",
        "village_code": VILLAGE,
        "place": "Pasar 10 Ulu",
        "attendance": 24,
        "notes": None,
        "signups": [],
    } | overrides


class Phone:
    """A cadre's phone with a session."""

    def __init__(self, app: Any, person: Any) -> None:
        self.client = sign_in(app.test_client(), person)
        self.headers = {"X-CSRF-Token": csrf_token(self.client)}

    def send(self, ref: str, report: dict[str, Any], **options: Any) -> Any:
        return self.client.put(f"{BASE}/activities/{ref}", json=report, headers=self.headers, **options)

    def send_raw(self, ref: str, data: bytes, kind: str = "application/json") -> Any:
        address = f"{BASE}/activities/{ref}"
        return self.client.put(address, data=data, content_type=kind, headers=self.headers)

    def photo(
        self, ref: str, number: str, data: bytes, kind: str = "image/jpeg", *, where: str | None = None
    ) -> Any:
        address = f"{BASE}/activities/{ref}/photos/{number}"
        headers = self.headers | ({"Photo-Location": where} if where is not None else {})
        return self.client.put(address, data=data, content_type=kind, headers=headers)

    def get(self, path: str, **options: Any) -> Any:
        return self.client.get(BASE + path, **options)


def fields(answer: Any) -> dict[str, str]:
    """Return the codes of a problem's errors by field."""
    assert answer.mimetype == "application/problem+json", answer.get_data(as_text=True)
    return {error["field"]: error["code"] for error in answer.json["errors"]}
