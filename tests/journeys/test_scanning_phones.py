"""Forty phones scan the trainer's code within a minute: web workers as in production, each phone with its own session."""

import re
import threading
import urllib.error
import urllib.parse
import urllib.request
from datetime import UTC, datetime

import pytest
from cast import make_cast
from factories import make_cadre
from live import LivePortal
from signing_in import sign_in
from sqlalchemy import func, select
from training.exam_worlds import SATURDAY, make_cohort, sessions_of

from portal.audit import AuditEvent
from portal.database.extensions import db
from portal.domain.training import code_of
from portal.training.models import Attendance
from portal.training.services.attendance import secret_of

PHONES = 40
AT = datetime(2026, 7, 18, 1, 5, tzinfo=UTC)
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


class Phone:
    """A browser without scripts: it keeps its cookie and follows no redirect."""

    def __init__(self, url: str, cookie: str) -> None:
        self.url, self.cookie = url, cookie
        self.opener = urllib.request.build_opener(_Stay())

    def ask(self, path: str, **form: str) -> tuple[int, str]:
        data = urllib.parse.urlencode(form).encode() if form else None
        request = urllib.request.Request(self.url + path, data=data, headers={"Cookie": self.cookie})
        try:
            answer = self.opener.open(request, timeout=60)
        except urllib.error.HTTPError as error:
            answer = error
        for cookie in answer.headers.get_all("Set-Cookie") or ():
            self.cookie = cookie.partition(";")[0]
        return answer.status, answer.read().decode()


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        return None


def cookie_of(app, cadre) -> str:
    """Sign a cadre in, as the form would, and return the cookie of the session."""
    client = sign_in(app.test_client(), cadre)
    found = client.get_cookie(app.config["SESSION_COOKIE_NAME"])
    return f"{found.key}={found.value}"


@pytest.mark.slow
def test_forty_phones_scan_within_a_minute_and_each_is_there_once(app, database, tmp_path):
    cast = make_cast()
    values = {"status": "candidate", "branch_id": cast.palembang.id, "certified_on": None}
    people = [make_cadre(name=f"Calon {n:02}", **values) for n in range(PHONES)]
    session_id = sessions_of(make_cohort(cast.palembang, *people, begins=SATURDAY))[0].id
    cookies = [cookie_of(app, cadre) for cadre in people]
    code = code_of(secret_of(session_id), AT)
    db.session.rollback()
    answers: list[tuple[int, int]] = []

    def scan(phone: Phone) -> None:
        status, page = phone.ask(f"/training/attend/{session_id}?code={code}")
        token = TOKEN.search(page)
        form = {"csrf_token": token[1] if token else "", "code": code}
        answers.append((status, phone.ask(f"/training/sessions/{session_id}/attend", **form)[0]))

    with LivePortal(database, tmp_path / "live", clock=AT.isoformat()) as portal:
        portal.start_web(workers=2)
        threads = [threading.Thread(target=scan, args=(Phone(portal.url, cookie),)) for cookie in cookies]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert "Traceback" not in portal.log()

    assert answers == [(200, 302)] * PHONES
    db.session.rollback()
    assert db.session.scalar(select(func.count()).select_from(Attendance)) == PHONES
    told = select(func.count(AuditEvent.id)).where(AuditEvent.act == "attendance.attended")
    assert db.session.scalar(told) == PHONES
