"""The settings: read once from the environment into one frozen object."""

import base64
import contextlib
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from portal.faults import decode_keys, find_mail_fault, is_set, list_faults

PROJECT = Path(__file__).resolve().parent.parent
DEMO_PASSWORD = "kader-demo-2026"  # noqa: S105 - printed on purpose; production refuses the demo
# Tables and columns that show a database was filled under keys: their proofs, and sealed values.
SEALED_PLACES = (
    ("key_checks", "proof"),
    ("users", "phone_sealed"),
    ("cadres", "nik_sealed"),
    ("bank_accounts", "account_sealed"),
    ("signups", "nik_sealed"),
    ("participants", "name_sealed"),
    ("payouts", "account_sealed"),
)


class ConfigError(Exception):
    """A setting is missing or dangerous; the text is the one line to show."""


@dataclass(frozen=True)
class Mail:
    """Where e-mail is handed over; `tls` is "start" (STARTTLS), "always" or "none"."""

    host: str
    port: int
    user: str
    password: str
    tls: str
    sender: str


@dataclass(frozen=True)
class Config:
    """All settings of the portal.

    `clock_start` is the instant at which the portal's clock starts (None: real time); `data_keys` are 32-byte keys,
    of which the first one writes; `index_key` is the key of the keyed hashes. `proxies` is the number of our own
    proxies in front of the portal, each of which adds to X-Forwarded-For; entries by others are not trusted.
    `instance` is the folder of what this machine keeps: the database file and the secrets that were made here.
    `mail`: None where no e-mail is sent. `push_key` signs web push (VAPID): 32 bytes as url-safe base64.
    """

    env: str
    instance: Path
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
    proxies: int = 0
    mail: Mail | None = None
    push_key: str = ""

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
    """Read the settings; raise ConfigError with one line if one is missing or dangerous."""
    env = dict(os.environ if environ is None else environ)
    folder = instance or Path(env.get("PORTAL_INSTANCE") or PROJECT / "instance")
    name = env.get("PORTAL_ENV", "development")
    if name not in {"development", "production", "test"}:
        raise ConfigError(f"PORTAL_ENV is {name!r}; it must be development, production or test")
    production = name == "production"
    if production:
        refuse_dangerous(env)
    folder.mkdir(parents=True, exist_ok=True)
    url = _database("PORTAL_DATABASE_URL", env, f"sqlite:///{folder / 'portal.db'}")
    base_url = env.get("PORTAL_BASE_URL", "")
    return Config(
        env=name,
        instance=folder,
        database_url=url,
        owner_url=_database("PORTAL_DATABASE_OWNER_URL", env, url),
        secret_key=env.get("PORTAL_SECRET_KEY") or _kept(folder, "secret.key", secrets.token_urlsafe(48)),
        data_keys=tuple(_keys("PORTAL_DATA_KEY", env, folder, url)),
        index_key=_keys("PORTAL_INDEX_KEY", env, folder, url)[0],
        media=Path(env.get("PORTAL_MEDIA") or folder / "media"),
        base_url=base_url.rstrip("/"),
        trusted_hosts=_hosts(env, base_url),
        clock_start=_clock(env.get("PORTAL_CLOCK", "")),
        demo=is_set(env.get("PORTAL_DEMO", "")),
        proxies=_count("PORTAL_PROXIES", env),
        mail=_mail(env),
        push_key=_push_key(env, folder),
    )


def _mail(env: Mapping[str, str]) -> Mail | None:
    """Return where e-mail goes; None if nothing about it is set, or only half of it (portal check says so)."""
    if find_mail_fault(env) or not env.get("PORTAL_SMTP_HOST"):
        return None
    tls = env.get("PORTAL_SMTP_TLS") or "start"
    return Mail(
        host=env["PORTAL_SMTP_HOST"],
        port=int(env.get("PORTAL_SMTP_PORT") or ("465" if tls == "always" else "587")),
        user=env.get("PORTAL_SMTP_USER", ""),
        password=env.get("PORTAL_SMTP_PASSWORD", ""),
        tls=tls,
        sender=env["PORTAL_MAIL_FROM"],
    )


def _push_key(env: Mapping[str, str], folder: Path) -> str:
    """Return the key that signs web push, generated once unless it is set."""
    fresh = base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
    text = env.get("PORTAL_VAPID_KEY") or _kept(folder, "vapid.key", fresh)
    (key,) = decode_keys(text.replace(",", "."))
    if len(key) != 32 or not any(key):
        raise ConfigError("PORTAL_VAPID_KEY holds a key that is not 32 bytes of url-safe base64")
    return base64.urlsafe_b64encode(key).rstrip(b"=").decode()


def _database(name: str, env: Mapping[str, str], default: str) -> str:
    """Return a database's address; a bare PostgreSQL one gets the driver."""
    url = env.get(name) or default
    if url.startswith(("postgres://", "postgresql://")):
        url = "postgresql+psycopg://" + url.split("://", 1)[1]
    if not url.startswith(("sqlite:///", "postgresql+psycopg://")):
        raise ConfigError(f"{name} names no database of ours; give postgresql+psycopg://… or sqlite:///…")
    return url


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
    """Read a secret of this instance, generated once and stored next to its database."""
    path = folder / file_name
    if not path.exists():
        _keep(path, make)
    return path.read_text().strip()


def _keep(path: Path, text: str) -> None:
    """Store a secret unless there is one: whole or not at all, since other processes begin in the same moment."""
    whole = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(whole, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
        out.write(text + "\n")
    try:
        with contextlib.suppress(FileExistsError):
            os.link(whole, path)
    finally:
        whole.unlink()


def _refuse_new_key(name: str, file: Path, url: str) -> None:
    """Refuse to generate a key where the database has rows of a lost one: a new key could not open them."""
    if url.startswith("sqlite") and not Path(url.split("///", 1)[1]).exists():
        return
    # imported only when a key is missing: reading the settings needs no database
    from sqlalchemy import create_engine, inspect, text  # noqa: PLC0415 - as said
    from sqlalchemy.exc import SQLAlchemyError  # noqa: PLC0415 - as said

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
    """Return the keys from the settings, or this instance's own, generated unless rows need lost ones."""
    text = env.get(name, "")
    if not text:
        file_name = name.lower().replace("portal_", "").replace("_", ".") + "s"
        if not (folder / file_name).exists():
            _refuse_new_key(name, folder / file_name, url)
        fresh = base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
        text = _kept(folder, file_name, fresh)
    keys = decode_keys(text)
    if any(len(key) != 32 for key in keys):
        raise ConfigError(f"{name} holds a key that is not 32 bytes of url-safe base64")
    return keys


def refuse_dangerous(env: Mapping[str, str]) -> None:
    """Raise ConfigError for the first setting with which production must not start."""
    for fault in list_faults(env):
        if fault.stops:
            raise ConfigError(str(fault))
