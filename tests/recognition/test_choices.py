"""What a cadre hides from other cadres (rules.md 11.6)."""

import re

from cast import make_cast
from signing_in import sign_in

from portal.recognition.queries.choices import get_choices


def test_what_is_hidden_is_stored_and_shown_again(client, app):
    cast = make_cast()
    html = sign_in(client, cast.marlina).get("/achievements/choices").text
    assert not re.findall(r"<input[^>]* checked", html)
    sent = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', html))
    answer = client.post("/achievements/choices/set", data=sent | {"hide_level": "y", "hide_league": "y"})
    assert answer.status_code == 302
    held = get_choices(cast.marlina.id)
    assert (held.hide_level, held.hide_streak, held.hide_badges, held.hide_league) == (
        True,
        False,
        False,
        True,
    )
    assert held.public_code is None
    assert len(re.findall(r"<input[^>]* checked", client.get("/achievements/choices").text)) == 2
