"""Audit events in words: the act, its reason and each detail."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final

from portal.texts.audit import LABELS as WORDS
from portal.texts.formats import bulan, num, rupiah, tanggal
from portal.texts.labels import label

# (kind, number as text) -> the name of a person, branch, batch … that an event mentions.
Names = Mapping[tuple[str, str], str]

SUBJECT_KINDS: Final = tuple(key.partition(".")[2] for key in WORDS if key.startswith("subject."))
# Internal numbers that tell a reader nothing.
_UNSAID: Final = frozenset({"request", "replaces", "act", "after_task", "until_task"})
_RUPIAH: Final = frozenset({"amount", "gross", "tax", "net", "payable", "host_amount", "total"})
_MONTHS: Final = frozenset({"from_month", "month_until", "earlier"})
_DATES: Final = frozenset({"as_of", "certified_on", "promised_on", "first_day", "last_day"})
_HASHES: Final = frozenset({"digest", "sha256", "content_hash"})
_PEOPLE: Final = {
    "asked_by": "user",
    "cadre_id": "cadre",
    "from_cadre_id": "cadre",
    "batch_id": "payout_batch",
    "branch_id": "branch",
    "host_body_id": "host_body",
}
# The detail that an act changed, where the event holds the old value next to the new one.
_CHANGED: Final = {
    "user.role_assigned": "role",
    "plan.assigned": "code",
    "cadre.certified": "certified_on",
    "cadre.status_changed": "status",
    "host_body.edited": "name",
}
_HASH_SHOWN: Final = 12


def act_in_words(act: str) -> str:
    """Say what was done; an act without a word is shown as its code."""
    for kind in ("act", "signup_act"):
        said = label(kind, act)
        if said != act:
            return said[:1].upper() + said[1:]
    return act.replace(".", " ").replace("_", " ")


def subject_in_words(kind: str) -> str:
    """Say what kind of thing an event is about."""
    said = label("subject", kind)
    return said if said != kind else kind.replace("_", " ")


def reason_in_words(act: str, reason: str | None) -> str:
    """Say why: a person's own words, or the words for a code that the portal wrote."""
    if act == "badge.taken_back":
        return label("badge_taken_back", reason)
    if not reason or not act.startswith("signup."):
        return reason or ""
    for kind in ("reject_code", "signup_why", "held_reason"):
        said = label(kind, reason)
        if said != reason:
            return said
    return reason


def ids_in(details: Mapping[str, Any] | None) -> set[tuple[str, str]]:
    """List what the details of an event refer to by number: (kind, number as text)."""
    found: set[tuple[str, str]] = set()
    for key, value in (details or {}).items():
        if isinstance(value, Mapping):
            found |= ids_in(value)
        elif key in _PEOPLE and value is not None:
            found.add((_PEOPLE[key], str(value)))
    return found


def details_in_words(act: str, details: Mapping[str, Any] | None, names: Names) -> list[str]:
    """Return the details of an event, one text for each; old values come before new ones."""
    left = {key: value for key, value in (details or {}).items() if key not in _UNSAID}
    said: list[str] = []
    before, after = left.pop("before", None), left.pop("after", None)
    key = _CHANGED.get(act, "")
    if isinstance(before, Mapping) or isinstance(after, Mapping):
        said += _differences(before or {}, after or {}, names)
    elif key:
        new = left.pop(key, None) if after is None else after
        said.append(_pair(key, _changed(act, key, before, new, names)))
    said += [_pair(name, _value(act, name, value, names)) for name, value in left.items()]
    return said


def _pair(key: str, text: str) -> str:
    word = label("detail", key)
    return f"{word if word != key else key.replace('_', ' ')}: {text}"


def _changed(act: str, key: str, before: Any, after: Any, names: Names) -> str:
    texts = [_value(act, key, value, names) for value in (before, after) if value not in {None, ""}]
    return (
        " → ".join(texts) if len(texts) == 2 or after not in {None, ""} else f"{texts[0]} →" if texts else "–"
    )


def _differences(before: Mapping[str, Any], after: Mapping[str, Any], names: Names) -> list[str]:
    keys = [*before, *(key for key in after if key not in before)]
    if not after:  # the new values are in the record itself
        return [
            f"{label('detail', 'was')}, {_pair(key, _value('', key, before[key], names))}" for key in keys
        ]
    return [
        _pair(key, " → ".join(_value("", key, side[key], names) for side in (before, after) if key in side))
        for key in keys
    ]


def _value(act: str, key: str, value: Any, names: Names) -> str:
    """Write one value in the form that its key needs."""
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return label("detail", "yes" if value else "no")
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {label('payment_status', one)}" for name, one in value.items())
    if isinstance(value, (list, tuple)):
        return ", ".join(str(one) for one in value)
    if key in _PEOPLE:
        return names.get((_PEOPLE[key], str(value)), "–")
    write = _WRITERS.get(key)
    return write(act, value) if write else num(value) if isinstance(value, int) else str(value)


def _month(_act: str, value: Any) -> str:
    return label("detail", "beginning") if str(value).startswith("0000") else bulan(str(value))


def _code(act: str, value: Any) -> str:
    return label("activity_reason", value) if act.startswith("activity.") else str(value)


_WRITERS: Final[dict[str, Callable[[str, Any], str]]] = {
    **dict.fromkeys(_RUPIAH, lambda _act, value: rupiah(int(value))),
    **dict.fromkeys(_MONTHS, _month),
    **dict.fromkeys(_DATES, lambda _act, value: tanggal(date.fromisoformat(str(value)[:10]))),
    **dict.fromkeys(_HASHES, lambda _act, value: f"{str(value)[:_HASH_SHOWN]}…"),
    "role": lambda _act, value: label("role", value),
    "outcome": lambda _act, value: label("talk", value),
    "scope": lambda _act, value: label("scope", value),
    "status": lambda _act, value: label("cadre_status", value),
    "number": lambda _act, value: label("number", value),
    "reason": lambda _act, value: label("month_alarm", value),
    "code": _code,
}
