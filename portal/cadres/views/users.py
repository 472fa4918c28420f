"""The page of an account, with the cadre whose account it is."""

from flask import render_template
from flask.typing import ResponseReturnValue

from portal import clock
from portal.accounts.forms import RoleForm
from portal.accounts.queries.sessions import list_sessions
from portal.accounts.queries.users import get_user, phone_mask
from portal.accounts.views.users import offer_places
from portal.cadres.queries.cadres import find_cadre_by_user
from portal.cadres.views.blueprint import bp
from portal.domain.second_person import needs_second_admin
from portal.web.access import actor, allow


@bp.get("/users/<int:user_id>")
@allow("admin")
def user(user_id: int) -> ResponseReturnValue:
    """Show an account."""
    found = get_user(user_id, actor=actor())
    form = offer_places(
        RoleForm(
            role=found.role,
            scope=found.scope,
            branch_id=found.branch_id or 0,
            regional_office_id=found.regional_office_id or 0,
            version=str(found.version),
        ),
    )
    return render_template(
        "cadres/user.html",
        user=found,
        form=form,
        phone=phone_mask(user_id),
        cadre=find_cadre_by_user(user_id),
        devices=list_sessions(user_id, at=clock.now()),
        own=user_id == actor().user_id,
        two_admins=needs_second_admin(found.role, actor_role=actor().role),
    )
