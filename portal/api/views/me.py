"""Who is calling."""

from flask_babel import get_locale
from flask_wtf.csrf import generate_csrf

from portal import clock
from portal.activities.services.drafts import MAX_PHOTOS
from portal.activities.services.photos import FOLLOW_HOURS
from portal.api.document import describe
from portal.api.forms.people import BranchAnswer, CadreAnswer, LimitsAnswer, MeAnswer, UserAnswer
from portal.api.forms.reports import MAX_SIGNUPS
from portal.api.views.blueprint import bp
from portal.cadres.queries.cadres import get_cadre
from portal.domain.actors import Actor
from portal.domain.months import local_date, month_of
from portal.domain.reports import FORM_VERSION, Standing, obstacle_to_submit
from portal.organisation.queries import get_branch
from portal.texts.signups import CONSENT_VERSION
from portal.web.access import actor, allow_everyone_signed_in, token_scopes
from portal.web.bodies import MAX_RAW_BYTES


@bp.get("/me")
@allow_everyone_signed_in(program="read")
@describe("people", answers={200: MeAnswer})
def get_me() -> MeAnswer:
    """Say who is calling, the server's time, and what may be sent."""
    who, now = actor(), clock.now()
    return MeAnswer(
        user=UserAnswer(
            id=who.user_id, name=who.name, role=who.role, scope=who.scope, locale=str(get_locale())
        ),
        cadre=_cadre(who),
        branch=_branch(who),
        zone=who.zone,
        month=month_of(local_date(now, who.zone)),
        csrf_token=generate_csrf() if token_scopes() is None else None,
        server_time=now,
        form_version=FORM_VERSION,
        consent_version=CONSENT_VERSION,
        limits=LimitsAnswer(
            report_bytes=MAX_RAW_BYTES["api.put_activity"],
            photo_bytes=MAX_RAW_BYTES["api.put_photo"],
            photos=MAX_PHOTOS,
            signups=MAX_SIGNUPS,
            photo_hours=FOLLOW_HOURS,
        ),
    )


def _cadre(who: Actor) -> CadreAnswer | None:
    if who.cadre_id is None:
        return None
    cadre = get_cadre(who.cadre_id)
    standing = Standing(cadre.status, cadre.certified_on, cadre.submits_until)
    obstacle = obstacle_to_submit(standing, local_date(clock.now(), who.zone))
    return CadreAnswer(id=cadre.id, code=cadre.code, name=cadre.name, status=cadre.status, obstacle=obstacle)


def _branch(who: Actor) -> BranchAnswer | None:
    if who.branch_id is None:
        return None
    branch = get_branch(who.branch_id)
    return BranchAnswer(id=branch.id, code=branch.code, name=branch.name, region_code=branch.region_code)
