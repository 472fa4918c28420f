"""Forms that are sent after the session ended: what was typed, and the way back through the sign-in."""

import re

from sqlalchemy import update
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from portal import clock
from portal.accounts.models import User
from portal.accounts.services.passwords import hash_password
from portal.accounts.services.sessions import close_sessions
from portal.cadres.models import Cadre
from portal.database.extensions import db
from portal.database.transaction import transaction

PASSWORD = "kata-sandi-uji-2026"
NIK = "1671014507850003"
PLACE = {
    "held_on": "2026-11-20",
    "place": "Pasar <b>10</b> Ulu",
    "village_query": "10 Ulu",
    "village_code": "",
    "act": "next",
}
WORKER = {"worker": "", "name": "Siti Aminah", "nik": NIK, "birth_date": "1985-07-05", "phone": "", "occupation": "pedagang",
          "programmes": "JKK,JKM", "consent": "y", "act": "next"}  # fmt: skip


def user_of(person):
    return person.user_id if isinstance(person, Cadre) else person.id


def give_passwords(cast) -> None:
    """Let Marlina, Herman and Fahmi sign in with PASSWORD."""
    for name in ("marlina", "herman", "fahmi"):
        values = {"email": f"{name}@contoh.test", "password_hash": hash_password(PASSWORD)}
        db.session.execute(update(User).where(User.id == user_of(getattr(cast, name))).values(**values))
    db.session.commit()


def end_sessions(person):
    with transaction():
        close_sessions(user_id=user_of(person), at=clock.now())


def page_of(answer):
    return answer.get_data(as_text=True)


def upload(client, url, values):
    """Post files from memory: the test client itself would leave large ones open."""
    as_files = {
        name: FileStorage(*value) if isinstance(value, tuple) else value for name, value in values.items()
    }
    boundary, body = encode_multipart(as_files)
    return client.post(url, data=body, content_type=f"multipart/form-data; boundary={boundary}")


def sign_in_again(client, answer, name):
    """Fill the sign-in form of this page, as the browser would; return where it leads."""
    page = page_of(answer)
    hidden = dict(re.findall(r'name="(csrf_token|next)" type="hidden" value="([^"]*)"', page))
    hidden |= dict(
        re.findall(r'type="hidden" name="(csrf_token|next)" value="([^"]*)"', page.split("novalidate")[1])
    )
    hidden |= dict(re.findall(r'<input id="next" name="(next)" type="hidden" value="([^"]*)"', page))
    answer = client.post("/login", data=hidden | {"identifier": f"{name}@contoh.test", "password": PASSWORD})
    assert answer.status_code == 302, page_of(answer)
    return answer.headers["Location"]
