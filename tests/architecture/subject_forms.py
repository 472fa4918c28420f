"""What POSTs need before they look at their object."""

from typing import Any

from architecture.told import TOLD

from portal.domain.points import DEFAULT_RULES
from portal.domain.points_rules import NUMBERS, number_of
from portal.scoring.forms import field_name

CHALLENGE: dict[str, Any] = {
    "code": "pekan-pasar", "name_id": "Pekan Pasar", "name_en": "Market week", "text_id": "Lima kunjungan",
    "text_en": "Five visits", "first_day": "2026-12-01", "last_day": "2026-12-07", "counts": "activities",
    "goal": "5", "mode": "alone", "badge_code": "challenge-visit",
}  # fmt: skip
# What a POST needs before it looks at its object, in addition to the case's own form.
FORMS: dict[str, dict[str, Any]] = {
    "api.put_activity": {
        "type": "stand",
        "held_on": "2026-11-09",
        "village_code": "1671071005",
        "place": "Pasar",
        "attendance": 3,
    },
    "agenda.attend": {"code": "000000"},
    "agenda.cancel": {"reason": "Pasar tutup"},
    "agenda.enter_attendance": {"cadre_id": "1"},
    "agenda.link_report": {"activity_id": "1"},
    "activities.reject": {"code": "not_held"},
    "activities.return_": {"code": "other"},
    "activities.withdraw": {"code": "not_held"},
    "contests.announce": CHALLENGE,
    "contests.change": CHALLENGE,
    "contests.found": {"name": "Ilir Barat"},
    "coverage.set_target": {"villages": "2"},
    "coverage.set_targets": {"villages": "2"},
    "membership.decide_conflict": {"decision": "accept"},
    "membership.link": {"participant_id": "1"},
    "membership.match": {"participant_id": "1"},
    "membership.reject": {"code": "not_confirmed"},
    "membership.withdraw": {"kind": "wrong_match"},
    "care.hand_over": {"reason": "Kader pindah tugas"},
    "care.record_talk": {"outcome": "moved"},
    "care.remind": {"message": "Halo, iuran Anda"},
    **TOLD,
    "scoring.draft_rule": {
        **{field_name(*one): str(abs(number_of(DEFAULT_RULES, *one))) for one in NUMBERS},
        "training": "30",
        "month": "2027-03",
        "ref": "3f0a1f5e-0000-4000-8000-000000000001",
        "reason": "Pelatihan makin panjang",
    },
    "recognition.enter_holiday": {"day": "2027-03-10", "name": "Hari Uji"},
    "recognition.remove_holiday": {"day": "2027-01-01"},
    "recognition.write_definition": {
        "code": "pasar-2",
        "valid_from": "2027-01-01",
        "name_id": "Dua",
        "name_en": "Two",
        "what_id": "2 pasar",
        "what_en": "2 markets",
        "metric": "activities",
        "type": "market_visit",
        "threshold": "2",
        "window": "ever",
        "points": "0",
        "picture": "market-10",
    },
    "recognition.decide_leave": {"decision": "approve"},
    "payouts.confirm_account": {"account_id": "1"},
    "payouts.drop": {"reference": "R-1", "reason": "Nama pemilik keliru"},
    "payouts.record_result": {"reference": "R-1", "status": "paid"},
}
