"""Settings: read once from the environment into one frozen object."""

import base64
import binascii
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
DEMO_PASSWORD = "kader-demo-2026"  # noqa: S105 - printed on purpose; production refuses the demo
# Where a database shows that it was filled under keys: their proofs, and what they sealed.
SEALED_PLACES = (
    ("key_checks", "proof"),
    ("users", "phone_sealed"),
    ("cadres", "nik_sealed"),
    ("bank_accounts", "account_sealed"),
    ("signups", "nik_sealed"),
    ("participants", "name_sealed"),
    ("payouts", "account_sealed"),
)
DEMO_SECRETS = frozenset({"dev", "secret", "change-me", "changeme", "test"})


class ConfigError(Exception):
    """A setting is missing or dangerous; the text is the one clear line to show."""


@dataclass(frozen=True)
class Config:
    """Everything the portal reads from its surroundings.

    `clock_start` is the instant at which the portal's clock starts (None: the real time); `data_keys` are 32-byte
    keys, the first one writes; `index_key` is the key of the keyed hashes. `proxies` is how many proxies of one's
    own stand before the portal, each of which adds to X-Forwarded-For; what others put there is not believed.
    """

    env: str
    database_url: str
    owner_url: str
    secret_key: str
    data_keys: tuple[bytes, ...]
    index_key: bytes
    media: Path
    base_url: str
    trusted_hosts: tuple[str, ...]
    clock_start: datetime | None
    demo: bool
    metrics: bool = False
    proxies: int = 0

    @property
    def production(self) -> bool:
        """Tell whether this instance serves the public."""
        return self.env == "production"

    @property
    def sqlite(self) -> bool:
        """Tell whether the embedded database is in use."""
        return self.database_url.startswith("sqlite")

    @property
    def secure_cookies(self) -> bool:
        """Tell whether cookies may only travel over https."""
        return self.production or self.base_url.startswith("https://")


def read_config(environ: Mapping[str, str] | None = None, *, instance: Path | None = None) -> Config:
    """Read the settings; raise ConfigError with one clear line where one is missing or dangerous."""
    env = dict(os.environ if environ is None else environ)
    folder = instance or Path(env.get("PORTAL_INSTANCE", PROJECT / "instance"))
    name = env.get("PORTAL_ENV", "development")
    if name not in {"development", "production", "test"}:
        raise ConfigError(f"PORTAL_ENV is {name!r}; it must be development, production or test")
    production = name == "production"
    folder.mkdir(parents=True, exist_ok=True)
    url = _database("PORTAL_DATABASE_URL", env, f"sqlite:///{folder / 'portal.db'}")
    base_url = env.get("PORTAL_BASE_URL", "")
    config = Config(
        env=name,
        database_url=url,
        owner_url=_database("PORTAL_DATABASE_OWNER_URL", env, url),
        secret_key=_secret(env, folder, production=production),
        data_keys=tuple(_keys("PORTAL_DATA_KEY", env, folder, url)),
        index_key=_keys("PORTAL_INDEX_KEY", env, folder, url)[0],
        media=Path(env.get("PORTAL_MEDIA") or folder / "media"),
        base_url=base_url.rstrip("/"),
        trusted_hosts=_hosts(env, base_url),
        clock_start=_clock(env.get("PORTAL_CLOCK", "")),
        demo=_flag(env.get("PORTAL_DEMO", "")),
        metrics=_flag(env.get("PORTAL_METRICS", "")),
        proxies=_count("PORTAL_PROXIES", env),
    )
    if production:
        _refuse_danger(config, env)
    return config


def _database(name: str, env: Mapping[str, str], default: str) -> str:
    """Return a database's address; a bare PostgreSQL one gets the driver."""
    url = env.get(name) or default
    if url.startswith(("postgres://", "postgresql://")):
        url = "postgresql+psycopg://" + url.split("://", 1)[1]
    if not url.startswith(("sqlite:///", "postgresql+psycopg://")):
        raise ConfigError(f"{name} names no database of ours; give postgresql+psycopg://… or sqlite:///…")
    return url


def _refuse_danger(config: Config, env: Mapping[str, str]) -> None:
    """Stop a production start that one of the settings makes unsafe."""
    if config.sqlite and not _flag(env.get("PORTAL_ALLOW_SQLITE", "")):
        raise ConfigError("PORTAL_DATABASE_URL is SQLite; production needs postgresql+psycopg://…")
    if config.clock_start is not None:
        raise ConfigError("PORTAL_CLOCK is set; production runs on the real time: unset it")
    if config.demo:
        raise ConfigError("PORTAL_DEMO is set; production holds no demo data: unset it")
    if not config.base_url.startswith("https://"):
        raise ConfigError("PORTAL_BASE_URL must be the https:// address people use")
    if len(config.secret_key) < 32 or config.secret_key.lower() in DEMO_SECRETS:
        raise ConfigError("PORTAL_SECRET_KEY is short or a known default; give 32 random characters or more")
    if not env.get("PORTAL_MEDIA"):
        raise ConfigError("PORTAL_MEDIA is missing; name the folder for photos and uploads")
    if _flag(env.get("FLASK_DEBUG", "")):
        raise ConfigError("FLASK_DEBUG is set; production shows no debugger: unset it")
    if config.index_key in config.data_keys:
        raise ConfigError("PORTAL_INDEX_KEY equals a PORTAL_DATA_KEY; make two different keys")


def _flag(text: str) -> bool:
    return text.strip().lower() in {"1", "true", "yes", "on"}


def _count(name: str, env: Mapping[str, str]) -> int:
    text = env.get(name, "").strip() or "0"
    if text not in {"0", "1", "2", "3"}:
        raise ConfigError(f"{name} is {text!r}; give the number of proxies before the portal, 0 to 3")
    return int(text)


def _hosts(env: Mapping[str, str], base_url: str) -> tuple[str, ...]:
    """List the host names that requests may carry."""
    hosts = [host.strip() for host in env.get("PORTAL_TRUSTED_HOSTS", "").split(",") if host.strip()]
    if "://" in base_url:
        hosts.append(base_url.split("://", 1)[1].split("/", 1)[0].rsplit(":", 1)[0])
    return (*hosts, "localhost", "127.0.0.1")


def _clock(text: str) -> datetime | None:
    if not text:
        return None
    try:
        value = datetime.fromisoformat(text)
    except ValueError:
        raise ConfigError(
            f"PORTAL_CLOCK is {text!r}; give an instant like 2026-11-22T08:00:00+07:00"
        ) from None
    return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)


def _kept(folder: Path, file_name: str, make: str) -> str:
    """Read a secret of this instance, made once and kept beside its database."""
    path = folder / file_name
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    with os.fdopen(handle, "w") as out:
        out.write(make + "\n")
    return make


def _secret(env: Mapping[str, str], folder: Path, *, production: bool) -> str:
    given = env.get("PORTAL_SECRET_KEY", "")
    if given:
        return given
    if production:
        raise ConfigError("PORTAL_SECRET_KEY is missing; give 32 random characters or more")
    return _kept(folder, "secret.key", secrets.token_urlsafe(48))


def _refuse_new_key(name: str, file: Path, url: str) -> None:
    """Refuse to make a key where the database holds rows of a lost one: a new key opens none of them."""
    if url.startswith("sqlite") and not Path(url.split("///", 1)[1]).exists():
        return
    from sqlalchemy import create_engine, inspect, text
    from sqlalchemy.exc import SQLAlchemyError

    engine = create_engine(url)
    try:
        with engine.connect() as connection:
            there = set(inspect(connection).get_table_names())
            held = any(
                connection.scalar(text(f"SELECT 1 FROM {table} WHERE {column} IS NOT NULL LIMIT 1"))  # noqa: S608 - constant names
                for table, column in SEALED_PLACES
                if table in there
            )
    except SQLAlchemyError:
        raise ConfigError(
            f"{name} is missing and the database cannot be asked whether it needs the old one; give the key"
        ) from None
    finally:
        engine.dispose()
    if held:
        raise ConfigError(
            f"{name} is missing and {file} is gone, but the database holds rows that need that key:"
            " put it back; a new one would open nothing"
        )


def _keys(name: str, env: Mapping[str, str], folder: Path, url: str) -> list[bytes]:
    """Decode one or more keys of 32 bytes, url-safe base64, comma-separated."""
    production = env.get("PORTAL_ENV") == "production"
    text = env.get(name, "")
    if not text:
        if production:
            raise ConfigError(f"{name} is missing; give a key of 32 bytes as url-safe base64")
        file_name = name.lower().replace("portal_", "").replace("_", ".") + "s"
        if not (folder / file_name).exists():
            _refuse_new_key(name, folder / file_name, url)
        fresh = base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
        text = _kept(folder, file_name, fresh)
    keys = []
    for part in text.split(","):
        try:
            key = base64.urlsafe_b64decode(part.strip() + "=" * (-len(part.strip()) % 4))
        except (binascii.Error, ValueError):
            key = b""
        if len(key) != 32:
            raise ConfigError(f"{name} holds a key that is not 32 bytes of url-safe base64")
        keys.append(key)
    if production and any(len(set(key)) < 8 for key in keys):
        raise ConfigError(f"{name} holds a key that is no random key")
    return keys
