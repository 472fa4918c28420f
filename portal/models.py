"""All models in one place, for the migrations and for the tests about the code."""

from types import ModuleType

import portal.accounts.models
import portal.activities.models
import portal.agenda.models
import portal.audit
import portal.cadres.models
import portal.care.models
import portal.contests.models
import portal.coverage.models
import portal.explainer.models
import portal.inactivity.models
import portal.incentives.models
import portal.jobs
import portal.keys.models
import portal.leaderboards.models
import portal.membership.models
import portal.messages.models
import portal.months.models
import portal.organisation.models
import portal.payouts.models
import portal.points.models
import portal.recognition.models
import portal.signups.models
import portal.tallies.models
import portal.training.models

ALL_MODELS: tuple[ModuleType, ...] = (
    portal.audit,
    portal.jobs,
    portal.keys.models,
    portal.organisation.models,
    portal.tallies.models,
    portal.accounts.models,
    portal.cadres.models,
    portal.points.models,
    portal.signups.models,
    portal.activities.models,
    portal.membership.models,
    portal.inactivity.models,
    portal.care.models,
    portal.training.models,
    portal.agenda.models,
    portal.recognition.models,
    portal.months.models,
    portal.leaderboards.models,
    portal.contests.models,
    portal.incentives.models,
    portal.payouts.models,
    portal.explainer.models,
    portal.coverage.models,
    portal.messages.models,
)
