"""What people are told: kinds of messages, the acts that cause them, and when one may ring or go by e-mail."""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

PUSH, MAIL = "push", "mail"
CHANNELS: Final = (PUSH, MAIL)
MAX_ENDPOINT: Final = 1000
MAX_LETTER: Final = 1000
PUBLIC_KEY_BYTES, SECRET_BYTES = 65, 16  # of a browser's subscription
_HOST: Final = re.compile(r"(?=.{4,253}$)[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})+")
_INSIDE: Final = (
    ".localhost",
    ".local",
    ".internal",
    ".lan",
    ".home",
    ".corp",
    ".test",
    ".example",
    ".invalid",
)
_KEY: Final = re.compile(r"[A-Za-z0-9_-]+={0,2}")
_ADDRESS: Final = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")


@dataclass(frozen=True)
class Kind:
    """A kind of message: the group that its reader chooses by, and whether it is told at once or once a day."""

    group: str
    at_once: bool = False


# The inbox holds every kind: it is the record. The groups are what may be switched off on a phone and by e-mail.
GROUPS: Final = ("reports", "participants", "money", "letters", "training", "agenda", "recognition")
KINDS: Final[dict[str, Kind]] = {
    "report_returned": Kind("reports", at_once=True),
    "report_rejected": Kind("reports"),
    "report_approved": Kind("reports"),
    "report_withdrawn": Kind("reports"),
    "claim_disputed": Kind("participants", at_once=True),
    "claim_won": Kind("participants", at_once=True),
    "participants_received": Kind("participants"),
    "participants_given": Kind("participants"),
    "renewals_due": Kind("participants"),
    "month_closed": Kind("money"),
    "rank_prize": Kind("money", at_once=True),
    "payout_paid": Kind("money", at_once=True),
    "payout_failed": Kind("money", at_once=True),
    "payout_dropped": Kind("money"),
    "status_changed": Kind("letters"),
    "certified": Kind("training", at_once=True),
    "certificate_issued": Kind("training", at_once=True),
    "certificate_ending": Kind("training"),
    "seated": Kind("training"),
    "cohort_cancelled": Kind("training", at_once=True),
    "unseated": Kind("training"),
    "try_freed": Kind("training"),
    "cohort_changed": Kind("training", at_once=True),
    "activated": Kind("training", at_once=True),
    "event_published": Kind("agenda"),
    "event_changed": Kind("agenda", at_once=True),
    "event_cancelled": Kind("agenda", at_once=True),
    "event_not_rewarded": Kind("agenda"),
    "badge_awarded": Kind("recognition"),
    "badge_taken_back": Kind("recognition", at_once=True),
    "level_reached": Kind("recognition"),
    "best_month": Kind("recognition"),
    "team_goal": Kind("recognition"),
    "threshold_reached": Kind("money"),
    "rules_announced": Kind("recognition"),
    "letter": Kind("letters", at_once=True),
    "praise": Kind("letters", at_once=True),
}


@dataclass(frozen=True)
class Heard:
    """An act of the audit trail and the kind of message that it causes.

    `whom` names who is told (messages/queries/audiences.py): the cadre whom the event is about, the cadre of the
    report, sign-up, payout … that it is about, or everybody of a closed month. Nobody is told what they did
    themselves, unless what came of it is news (`to_doer`).
    """

    act: str
    kind: str
    whom: str
    to_doer: bool = False


# One line for each act that somebody else than its doer wants to hear of.
HEARD: Final = (
    Heard("activity.returned", "report_returned", "activity"),
    Heard("activity.rejected", "report_rejected", "activity"),
    Heard("activity.approved", "report_approved", "activity"),
    Heard("activity.withdrawn", "report_withdrawn", "activity"),
    Heard("signup.disputed", "claim_disputed", "signup"),
    Heard("signup.dispute_won", "claim_won", "signup"),
    Heard("participants.received", "participants_received", "cadre"),
    Heard("participants.given", "participants_given", "cadre"),
    Heard("renewal_tasks.opened", "renewals_due", "renewals"),
    Heard("month.closed", "month_closed", "month"),
    Heard("points_rule.approved", "rules_announced", "active"),
    Heard("month.closed", "rank_prize", "prize"),
    Heard("payout_batch.result_recorded", "payout_paid", "paid"),
    Heard("payout_batch.result_recorded", "payout_failed", "failed"),
    Heard("payout.dropped", "payout_dropped", "payout"),
    Heard("cadre.status_changed", "status_changed", "cadre"),
    Heard("cadre.certified", "certified", "cadre"),
    Heard("certificate.issued", "certificate_issued", "cadre", to_doer=True),
    Heard("certificate.ending", "certificate_ending", "cadre"),
    Heard("cohort.seated", "seated", "cadre"),
    Heard("cohort.cancelled", "cohort_cancelled", "cadre"),
    Heard("cohort.unseated", "unseated", "cadre"),
    Heard("exam.try_freed", "try_freed", "cadre"),
    Heard("cohort.edited", "cohort_changed", "cadre"),
    Heard("cadre.activated", "activated", "cadre"),
    Heard("event.published", "event_published", "event_branch"),
    Heard("event.changed", "event_changed", "event_seats"),
    Heard("event.cancelled", "event_cancelled", "event_seats"),
    Heard("event.not_rewarded", "event_not_rewarded", "cadre"),
    Heard("badge.awarded", "badge_awarded", "badge"),
    Heard("badge.taken_back", "badge_taken_back", "reached"),
    Heard("level.reached", "level_reached", "reached"),
    Heard("best_month.reached", "best_month", "reached"),
    Heard("team_goal.reached", "team_goal", "reached"),
    Heard("threshold.reached", "threshold_reached", "reached"),
    Heard("letter.sent", "letter", "letter"),
    Heard("praise.sent", "praise", "letter"),
)


@dataclass(frozen=True)
class Preferences:
    """What a reader chose: `off` holds "<channel>.<group>"; quiet hours as local hours, None: as the rules say."""

    off: frozenset[str] = frozenset()
    quiet_from: int | None = None
    quiet_until: int | None = None


@dataclass(frozen=True)
class Hours:
    """The rules' local hours (data): quiet from and until, and when the daily digest goes out."""

    quiet_from: int = 21
    quiet_until: int = 6
    digest: int = 17


@dataclass(frozen=True)
class Due:
    """When something leaves on a channel; `day` is the local day of a digest, None for a message of its own."""

    at: datetime
    day: str | None = None


def due_of(
    kind: str, at: datetime, channel: str, chosen: Preferences, *, zone: str, hours: Hours
) -> Due | None:
    """Say when a message of `at` is due on a channel for a reader in `zone`; None if they switched its group off.

    What is told at once waits for the end of quiet hours; anything else waits for the digest of the day, at an hour
    that is not quiet either.
    """
    said = KINDS[kind]
    if f"{channel}.{said.group}" in chosen.off:
        return None
    quiet = quiet_hours(chosen, hours)
    if said.at_once:
        return Due(after_quiet(at, quiet, zone=zone))
    local = at.astimezone(ZoneInfo(zone))
    digest = _at_hour(local, hours.digest)
    if digest <= local:
        digest = _at_hour(local + timedelta(days=1), hours.digest)
    return Due(after_quiet(digest, quiet, zone=zone), digest.date().isoformat())


def quiet_hours(chosen: Preferences, hours: Hours) -> tuple[int, int]:
    """Return the first quiet hour and the hour at which it is over: readers may widen what the rules say."""
    begins = hours.quiet_from if chosen.quiet_from is None else min(chosen.quiet_from, hours.quiet_from)
    ends = hours.quiet_until if chosen.quiet_until is None else max(chosen.quiet_until, hours.quiet_until)
    return begins, ends


def after_quiet(at: datetime, quiet: tuple[int, int], *, zone: str) -> datetime:
    """Return the instant itself, or the end of the quiet hours that it falls into (from the evening to the morning)."""
    local = at.astimezone(ZoneInfo(zone))
    begins, ends = quiet
    if local.hour >= begins:
        return _at_hour(local + timedelta(days=1), ends).astimezone(at.tzinfo)
    if local.hour < ends:
        return _at_hour(local, ends).astimezone(at.tzinfo)
    return at


def _at_hour(local: datetime, hour: int) -> datetime:
    return datetime.combine(local.date(), time(hour), tzinfo=local.tzinfo)


@dataclass(frozen=True)
class Parcel:
    """A pointer that is to be sent now.

    `name` is the same each time it is sent. `group` is what it may say it is about, '' in a digest. `to` is the
    e-mail address, or the address of the device, which has the two keys.
    """

    id: int
    channel: str
    name: str
    group: str
    locale: str
    to: str
    p256dh: str = ""
    auth: str = ""


# After this long nothing rings any more about what happened; it is in the inbox.
POINTS_FOR: Final = timedelta(days=2)
# How long a failed sending waits before the next try, in minutes; after the last it is given up: the inbox has it.
RETRIES: Final = (1, 5, 30, 120, 360)
CLAIM_LASTS: Final = timedelta(minutes=5)  # a sender that says nothing for so long has died


def next_try(tries: int, at: datetime) -> datetime | None:
    """Return when to try again after so many tries that failed; None: never."""
    return at + timedelta(minutes=RETRIES[tries - 1]) if tries <= len(RETRIES) else None


def is_push_endpoint(address: str) -> bool:
    """Tell whether an address may be one of a push service: https on its usual port, by name, never by number."""
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        return False
    host = parts.hostname or ""
    plain = (
        address.isascii() and address.isprintable() and " " not in address and len(address) <= MAX_ENDPOINT
    )
    named = bool(_HOST.fullmatch(host)) and not host.rpartition(".")[2].isdigit()
    usual = parts.scheme == "https" and port in {None, 443} and parts.username is None
    return plain and named and usual and not host.endswith(_INSIDE)


def is_push_key(text: str, length: int) -> bool:
    """Tell whether a text is a browser's key: so many bytes as url-safe base64."""
    try:
        found = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError:
        return False
    return len(found) == length and bool(_KEY.fullmatch(text))


def is_mail_address(text: str) -> bool:
    """Tell whether a text is one plain address: nothing in it can begin a second recipient or a header."""
    return text.isascii() and bool(_ADDRESS.fullmatch(text))
