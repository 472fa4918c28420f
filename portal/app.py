"""create_app(): what the portal is made of; a list without logic."""

from typing import Any

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from portal import clock, navigation, sessions, storage, vault
from portal.accounts.queries.sessions import REMEMBERED
from portal.accounts.views.blueprint import bp as accounts
from portal.activities.views.blueprint import bp as activities
from portal.agenda.views import bp as agenda
from portal.api.views import bp as api
from portal.cadres.views.blueprint import bp as cadres
from portal.care.views.blueprint import bp as care
from portal.config import PROJECT, Config, read_config
from portal.contests.views import bp as contests
from portal.coverage.views import bp as coverage
from portal.database.extensions import babel, csrf, db, engine_options, login_manager, prepare_engine
from portal.explainer.views import bp as explainer
from portal.home.views.blueprint import bp as home
from portal.inactivity.views import bp as inactivity
from portal.incentives.views.blueprint import bp as incentives
from portal.leaderboards.views import bp as leaderboards
from portal.membership.views.blueprint import bp as membership
from portal.messages.views import bp as messages
from portal.models import ALL_MODELS
from portal.months.views import bp as months
from portal.payouts.views import bp as payouts
from portal.recognition.views import bp as recognition
from portal.recognition.views import moments
from portal.scoring.views import bp as scoring
from portal.signups.views import bp as signups
from portal.texts import catalog, formats, labels
from portal.training.views import bp as training
from portal.transfers.views.blueprint import bp as transfers
from portal.verification.views import bp as verification
from portal.web import (
    access,
    addresses,
    assets,
    bodies,
    caching,
    compression,
    converters,
    errors,
    headers,
    once,
    outages,
    phone,
)

BLUEPRINTS = (
    accounts,
    cadres,
    transfers,
    signups,
    activities,
    membership,
    inactivity,
    care,
    training,
    agenda,
    leaderboards,
    recognition,
    contests,
    scoring,
    incentives,
    months,
    payouts,
    explainer,
    coverage,
    verification,
    messages,
    home,
    api,
)


def settings(config: Config) -> dict[str, Any]:
    """Return the settings of Flask and its extensions."""
    return {
        "PORTAL": config,
        "SECRET_KEY": config.secret_key,
        "SQLALCHEMY_DATABASE_URI": config.database_url,
        "SQLALCHEMY_ENGINE_OPTIONS": engine_options(config.database_url),
        "SESSION_COOKIE_NAME": "__Host-portal" if config.secure_cookies else "portal",
        "SESSION_COOKIE_SECURE": config.secure_cookies,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "PERMANENT_SESSION_LIFETIME": REMEMBERED,
        "TRUSTED_HOSTS": list(config.trusted_hosts) if config.production else None,
        "WTF_CSRF_TIME_LIMIT": None,
        "BABEL_DEFAULT_LOCALE": "id",
        "BABEL_DEFAULT_TIMEZONE": "Asia/Jakarta",
        "BABEL_TRANSLATION_DIRECTORIES": str(PROJECT / "portal" / "translations"),
    }


def create_app(config: Config | None = None) -> Flask:
    """Return the portal's Flask application."""
    config = config or read_config()
    app = Flask("portal", instance_path=str(PROJECT / "instance"), static_folder="static")
    app.jinja_environment = catalog.Templates
    app.config.from_mapping(settings(config))
    if (
        config.proxies
    ):  # otherwise all visitors would share the proxy's address, and its limit of failed sign-ins
        behind = ProxyFix(app.wsgi_app, x_for=config.proxies, x_proto=config.proxies)
        app.wsgi_app = behind  # type: ignore[method-assign] # Flask's own way to put something before it
    converters.init_app(app)
    clock.configure(config.clock_start)
    vault.configure(list(config.data_keys), config.index_key)
    storage.configure(config.media)
    assert ALL_MODELS  # noqa: S101 - importing them fills the metadata
    db.init_app(app)
    with app.app_context():
        prepare_engine(db.engine)
        outages.init_app(app)
    addresses.init_app(app)
    bodies.init_app(app)
    csrf.init_app(app)
    caching.init_app(app)
    login_manager.init_app(app)
    sessions.init_app(app)
    babel.init_app(app, locale_selector=sessions.choose_locale)
    errors.init_app(app)
    compression.init_app(app)
    headers.init_app(app)
    phone.init_app(app)
    once.init_app(app)
    assets.init_app(app)
    navigation.init_app(app)
    labels.init_app(app)
    formats.init_app(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    access.init_app(app)
    moments.init_app(app)  # whom access lets in
    return app
