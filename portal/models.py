"""All models in one place, for the migrations and the tests about the code."""

from types import ModuleType

import portal.activities.models
import portal.audit
import portal.incentives.models
import portal.jobs
import portal.keys
import portal.leaderboards.models
import portal.membership.models
import portal.months.models
import portal.payouts.models
import portal.people.models
import portal.points.models
import portal.signups.models

ALL_MODELS: tuple[ModuleType, ...] = (
    portal.audit,
    portal.jobs,
    portal.keys,
    portal.people.models,
    portal.points.models,
    portal.signups.models,
    portal.activities.models,
    portal.membership.models,
    portal.months.models,
    portal.leaderboards.models,
    portal.incentives.models,
    portal.payouts.models,
)
