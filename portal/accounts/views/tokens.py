"""The programs that may act for oneself."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal import clock
from portal.accounts.queries.tokens import list_tokens
from portal.accounts.services import tokens as tokens_services
from portal.accounts.views.blueprint import bp
from portal.database.transaction import transaction
from portal.web.access import actor, allow_everyone_signed_in, signature


@bp.get("/tokens")
@allow_everyone_signed_in()
def tokens() -> ResponseReturnValue:
    """List the person's tokens: what each is for, and when it was last used."""
    who = actor()
    return render_template(
        "accounts/tokens.html", rows=list_tokens(who.user_id, at=clock.now()), zone=who.zone
    )


@bp.post("/tokens/<int:token_id>/revoke")
@allow_everyone_signed_in()
def revoke_token(token_id: int) -> ResponseReturnValue:
    """Revoke one of the person's tokens."""
    with transaction():
        tokens_services.revoke_token(token_id=token_id, user_id=actor().user_id, by=signature())
    flash(_("Token itu tidak berlaku lagi."))
    return redirect(url_for("accounts.tokens"))
