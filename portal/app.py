"""create_app(): what the portal is put together from; a list, no logic."""

from typing import Any

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import IntegerConverter

from portal import (
    access,
    addresses,
    assets,
    clock,
    compression,
    errors,
    headers,
    navigation,
    outages,
    sessions,
    storage,
    vault,
    wording,
)
from portal.activities.views import bp as activities
from portal.config import PROJECT, Config, read_config
from portal.extensions import babel, csrf, db, engine_options, login_manager, prepare_engine
from portal.home.views import bp as home
from portal.incentives.views import bp as incentives
from portal.leaderboards.views import bp as leaderboards
from portal.membership.views import bp as membership
from portal.models import ALL_MODELS
from portal.months.views import bp as months
from portal.payouts.views import bp as payouts
from portal.people.queries import REMEMBERED
from portal.people.views import bp as people
from portal.signups.views import bp as signups
from portal.verification.views import bp as verification
from portal.wording import catalog, formats

BLUEPRINTS = (
    people,
    signups,
    activities,
    membership,
    leaderboards,
    incentives,
    months,
    payouts,
    verification,
    home,
)
MIB = 1024 * 1024


def settings(config: Config) -> dict[str, Any]:
    """Return what Flask and its extensions want to be told."""
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
        "MAX_CONTENT_LENGTH": 64 * MIB,
        "MAX_FORM_MEMORY_SIZE": MIB,
        "MAX_FORM_PARTS": 1000,
        "TRUSTED_HOSTS": list(config.trusted_hosts) if config.production else None,
        "WTF_CSRF_TIME_LIMIT": None,
        "BABEL_DEFAULT_LOCALE": "id",
        "BABEL_DEFAULT_TIMEZONE": "Asia/Jakarta",
        "BABEL_TRANSLATION_DIRECTORIES": str(PROJECT / "portal" / "translations"),
    }


class RowNumber(IntegerConverter):
    """A row's number in an address: one that no database could hold names nothing."""

    regex = "[0-9]{1,15}"


def create_app(config: Config | None = None) -> Flask:
    """Return the portal's Flask application."""
    config = config or read_config()
    app = Flask("portal", instance_path=str(PROJECT / "instance"), static_folder="static")
    app.jinja_environment = catalog.Templates
    app.config.from_mapping(settings(config))
    if config.proxies:  # else all visitors would share the proxy's address, and its limit of failed sign-ins
        behind = ProxyFix(app.wsgi_app, x_for=config.proxies, x_proto=config.proxies)
        app.wsgi_app = behind  # type: ignore[method-assign] # Flask's own way to put something before it
    app.url_map.converters["int"] = RowNumber
    clock.configure(config.clock_start)
    vault.configure(list(config.data_keys), config.index_key)
    storage.configure(config.media)
    assert ALL_MODELS  # noqa: S101 - importing them fills the metadata
    db.init_app(app)
    with app.app_context():
        prepare_engine(db.engine)
        outages.init_app(app)
    addresses.init_app(app)
    csrf.init_app(app)
    login_manager.init_app(app)
    sessions.init_app(app)
    babel.init_app(app, locale_selector=sessions.choose_locale)
    errors.init_app(app)
    compression.init_app(app)
    headers.init_app(app)
    assets.init_app(app)
    navigation.init_app(app)
    wording.init_app(app)
    formats.init_app(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    access.init_app(app)
    return app
