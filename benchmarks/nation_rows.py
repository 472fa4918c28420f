"""The statements that store a nation's work (nation.py): reports, sign-ups, participants, payments, tasks, points.

Chance is a hash of a row's number, so that the same nation comes out each time; days are relative to October 2025.
"""

from typing import Final

# Tables whose rows got their numbers here.
NUMBERED: Final = ("activities", "signups", "participants", "extract_imports")


def _chance(number: str, seed: int) -> str:
    """Return a chance from 0 to 1 that belongs to a number."""
    return f"((hashint8extended({number}, {seed}) & 2147483647) / 2147483648.0::float8)"


def _month(ahead: str, since: str) -> str:
    """Return the month so many months after the first day of another."""
    return f"to_char({since} + make_interval(months => {ahead}), 'YYYY-MM')"


# Cadres by number; the first ones do more, so that those of the story's city, the largest branch, have most.
_WORKERS: Final = """
  CREATE TEMP TABLE workers AS
  SELECT row_number() OVER (ORDER BY c.id) - 1 AS n, c.id AS cadre_id, c.branch_id, c.user_id, s.id AS reviewer_id
  FROM cadres AS c JOIN LATERAL (
    SELECT u.id FROM users AS u WHERE u.role = 'supervisor' AND u.branch_id = c.branch_id ORDER BY u.id LIMIT 1
  ) AS s ON true WHERE c.status = 'active';
  CREATE UNIQUE INDEX ON workers (n);
  CREATE TEMP TABLE spots AS
  SELECT b.id AS branch_id, e.village_code,
    row_number() OVER (PARTITION BY b.id ORDER BY hashtext(e.village_code)) - 1 AS n,
    count(*) OVER (PARTITION BY b.id) AS spots
  FROM branches AS b JOIN village_estimates AS e ON e.village_code LIKE b.region_code || '%%';
  CREATE UNIQUE INDEX ON spots (branch_id, n);
  ANALYZE workers; ANALYZE spots
"""
# Reports follow each other from October 2025 to 21 November 2026, 417 days; a third of the villages is never visited.
_REPORTS: Final = f"""
  CREATE TEMP TABLE reports AS
  SELECT r, 'r' || lpad(r::text, 11, '0') AS ref, w.cadre_id, w.branch_id, w.user_id, w.reviewer_id,
    date '2025-10-01' + (r * 417 / (%(reports)s + 1))::int AS held_on, s.village_code,
    CASE WHEN r * 417 / (%(reports)s + 1) > 410 AND {_chance("r", 3)} < 0.2 THEN 'submitted'
      WHEN {_chance("r", 3)} < 0.95 THEN 'approved' WHEN {_chance("r", 3)} < 0.98 THEN 'returned'
      ELSE 'rejected' END AS status,
    (ARRAY['market_visit', 'community_meeting', 'religious_meeting', 'base_visit', 'farmer_group', 'stand',
      'door_to_door', 'door_to_door'])[1 + floor({_chance("r", 4)} * 8)::int] AS type
  FROM generate_series(1::bigint, %(reports)s) AS r
  CROSS JOIN LATERAL (SELECT count(*) AS cadres FROM workers) AS k
  JOIN workers AS w ON w.n = floor(k.cadres * power({_chance("r", 1)}, 1.15))::bigint
  JOIN LATERAL (SELECT spots FROM spots WHERE spots.branch_id = w.branch_id LIMIT 1) AS c ON true
  JOIN spots AS s ON s.branch_id = w.branch_id
    AND s.n = floor(c.spots * 0.66 * power({_chance("r", 2)}, 1.5))::bigint;
  CREATE UNIQUE INDEX ON reports (r);
  ANALYZE reports
"""
_ACTIVITIES: Final = f"""
  INSERT INTO activities (id, ref, cadre_id, branch_id, type, held_on, village_code, place, attendance, status, slot,
    points_given, history, submitted_at, submitted_by, decided_at, decided_by, reason_code, flags, version)
  SELECT r, ref, cadre_id, branch_id, type, held_on, village_code, 'Pasar ' || right(village_code, 4),
    8 + floor({_chance("r", 5)} * 40)::int, status, CASE WHEN turn <= 3 THEN turn END,
    CASE WHEN turn <= 3 THEN (p.document -> 'activities' ->> type)::int END, false,
    held_on + interval '9 hours', user_id,
    CASE WHEN status <> 'submitted' THEN held_on + interval '1 day' END,
    CASE WHEN status <> 'submitted' THEN reviewer_id END,
    CASE WHEN status IN ('returned', 'rejected') THEN 'photo_unclear' END, '[]',
    1 + ({_chance("r", 6)} < 0.1)::int
  FROM (
    SELECT *, CASE WHEN status = 'approved'
      THEN row_number() OVER (PARTITION BY cadre_id, held_on, status = 'approved' ORDER BY r) END AS turn
    FROM reports
  ) AS reports, (SELECT document FROM points_rules ORDER BY version DESC LIMIT 1) AS p ORDER BY r
"""
# Workers who became participants: at reports before November 2026, in turn, so that all their tables lie by time. The
# newest extract is as of October: most paid until then, a fifth prepaid, others stopped in some month before.
_PEOPLE: Final = f"""
  CREATE TEMP TABLE people AS
  SELECT p AS id, r.ref AS activity_ref, r.cadre_id, r.branch_id, r.reviewer_id, r.held_on AS reported_on,
    to_char(r.held_on, 'YYYY-MM') AS earned_month,
    CASE WHEN {_chance("p", 11)} < 0.93 THEN 'new' ELSE 'reactivated' END AS outcome,
    CASE WHEN {_chance("p", 12)} < 0.7 THEN 'JKK,JKM' ELSE 'JKK,JKM,JHT' END AS pack,
    greatest(0, CASE WHEN {_chance("p", 13)} < 0.40 THEN months WHEN {_chance("p", 13)} < 0.60 THEN months + 3
      WHEN {_chance("p", 13)} < 0.68 THEN months - 1 WHEN {_chance("p", 13)} < 0.80 THEN months - 2
      ELSE floor({_chance("p", 14)} * months)::int END) AS paid,
    (ARRAY['SITI', 'AHMAD', 'DEWI', 'BUDI', 'RINA', 'YANTO', 'NUR', 'AGUS', 'SRI', 'JOKO', 'WATI', 'HENDRA'])
      [1 + floor({_chance("p", 15)} * 12)::int] || ' ' ||
    (ARRAY['AMINAH', 'SAPUTRA', 'LESTARI', 'HASANAH', 'WIJAYA', 'RAHAYU', 'SIREGAR', 'SETIAWAN', 'PUSPITA', 'HIDAYAT'])
      [1 + floor({_chance("p", 16)} * 10)::int] AS name,
    date '1965-01-01' + floor({_chance("p", 17)} * 14000)::int AS birth_date,
    sha256(('n' || p)::bytea) AS nik_hash
  FROM generate_series(1::bigint, %(participants)s) AS p
  JOIN reports AS r ON r.r = 1 + (p - 1) * (%(reports)s * 395 / 417) / %(participants)s
  CROSS JOIN LATERAL (
    SELECT (2026 * 12 + 10 - extract(year FROM r.held_on) * 12 - extract(month FROM r.held_on))::int AS months
  ) AS m;
  ANALYZE people
"""
_SIGNED: Final = """
  INSERT INTO signups (id, ref, cadre_id, activity_ref, reported_on, name, nik_sealed, nik_hash, nik_mask, birth_date,
    phone_sealed, phone_hash, occupation, programmes, warnings, consent_version, consent_at, status, is_live, history,
    held_by_person, match_tier, participant_id, match_import_id, outcome, pack, earned_on, earned_month, validated_at,
    validated_by, reject_code, version, created_at, created_by)
"""
_SIGNUPS: Final = f"""{_SIGNED}
  SELECT id, 's' || lpad(id::text, 11, '0'), cadre_id, activity_ref, reported_on, name, %(sealed)s, nik_hash,
    '1671••••••' || lpad((id %% 10000)::text, 4, '0'), birth_date, %(sealed)s, sha256(('t' || id)::bytea), 'pedagang',
    pack, '[]', '2026-11', reported_on + interval '8 hours', 'validated', true, false, false, 'T1', id,
    1, outcome, pack, reported_on, earned_month, date_trunc('month', reported_on) + interval '1 month 12 hours',
    reviewer_id, NULL, 1, reported_on + interval '9 hours', reviewer_id
  FROM people ORDER BY id
"""
# A tenth more is undecided, rejected or expired: six of ten of them were reported in November.
_OTHERS: Final = f"""{_SIGNED}
  SELECT %(participants)s + j, 's' || lpad((%(participants)s + j)::text, 11, '0'), r.cadre_id, r.ref, r.held_on,
    'SITI NURHALIMAH', %(sealed)s, sha256(('o' || j)::bytea), '1671••••••' || lpad((j %% 10000)::text, 4, '0'),
    date '1980-01-01' + (j %% 9000)::int, NULL, NULL, 'petani', 'JKK,JKM', '[]', '2026-11', r.held_on, state.status,
    state.status <> 'rejected' AND state.status <> 'expired', false, false, NULL, NULL::bigint, NULL::bigint,
    NULL, NULL, NULL::date, NULL, NULL::timestamptz, NULL::bigint,
    CASE WHEN state.status = 'rejected' THEN 'already_member' END, 1, r.held_on + interval '9 hours', r.user_id
  FROM generate_series(1::bigint, %(participants)s / 10) AS j
  JOIN reports AS r ON r.r = CASE WHEN j %% 10 < 6
    THEN %(reports)s * 397 / 417 + 1 + j %% (%(reports)s * 19 / 417) ELSE 1 + j * 7919 %% %(reports)s END
  CROSS JOIN LATERAL (
    SELECT CASE WHEN j %% 10 < 6 THEN 'reported' WHEN j %% 10 = 6 THEN 'matched' WHEN j %% 10 = 7 THEN 'expired'
      ELSE 'rejected' END AS status
  ) AS state
"""
_PARTICIPANTS: Final = f"""
  INSERT INTO participants (id, nik_hash, name_sealed, birth_date, first_registered_on, pack, branch_code,
    last_paid_month, status, signup_id, cadre_id, cohort_month, cohort_branch_id, as_of, import_id)
  SELECT p.id, nik_hash, %(sealed)s, birth_date, reported_on, pack, b.code, last,
    CASE WHEN last >= '2026-09' THEN 'active' WHEN last >= '2026-07' THEN 'grace' ELSE 'lapsed' END, p.id, cadre_id,
    CASE WHEN outcome = 'new' THEN earned_month END, CASE WHEN outcome = 'new' THEN branch_id END, '2026-10-31', 13
  FROM people AS p JOIN branches AS b ON b.id = p.branch_id
  CROSS JOIN LATERAL (SELECT {_month("p.paid", "date_trunc('month', p.reported_on)")} AS last) AS paid
  ORDER BY p.id
"""
# The last three months that somebody paid, or all since the sign-up if those are less.
_CONTRIBUTIONS: Final = f"""
  INSERT INTO contributions (participant_id, blth, paid_on, amount, payer_type, pack, import_id, signup_id, cadre_id,
    number, earned_on, earned_month)
  SELECT p.id, m.blth, m.paid_on, CASE pack WHEN 'JKK,JKM' THEN 16800 ELSE 36800 END,
    CASE WHEN {_chance("p.id", 18)} < 0.05 THEN 'donatur' ELSE 'mandiri' END, pack, 13, p.id, cadre_id,
    p.paid - back + 1, m.paid_on, to_char(m.paid_on, 'YYYY-MM')
  FROM people AS p CROSS JOIN LATERAL generate_series(0, least(2, p.paid)) AS back
  CROSS JOIN LATERAL (
    SELECT {_month("p.paid - back", "date_trunc('month', p.reported_on)")} AS blth,
      least(greatest(p.reported_on, (date_trunc('month', p.reported_on)
        + make_interval(months => p.paid - back, days => 5))::date), date '2026-10-28') AS paid_on
  ) AS m ORDER BY p.id, back DESC
"""
# The daily job of 21 November: whoever is protected and has not prepaid.
_TASKS: Final = f"""
  INSERT INTO renewal_tasks (participant_id, paid_month, status, opened_on)
  SELECT id, last_paid_month, 'open', date '2026-11-21' FROM participants
  WHERE status <> 'lapsed' AND last_paid_month <= %(present)s ORDER BY id;
  INSERT INTO renewal_tasks (participant_id, paid_month, status, opened_on, closed_on, cadre_id)
  SELECT p.id, {_month("-1", "(p.last_paid_month || '-01')::date")}, 'renewed', date '2026-10-21', date '2026-11-01',
    p.cadre_id FROM participants AS p
  WHERE id %% 5 = 0 AND status <> 'lapsed' AND last_paid_month > p.cohort_month AND last_paid_month < %(present)s;
  INSERT INTO talks (participant_id, cadre_id, outcome, promised_on, held_on, recorded_by, recorded_at)
  SELECT p.id, p.cadre_id, o.outcome, CASE WHEN o.outcome = 'promised' THEN date '2026-11-24' END, date '2026-11-20',
    w.user_id, timestamptz '2026-11-20 09:00+00'
  FROM participants AS p JOIN workers AS w ON w.cadre_id = p.cadre_id CROSS JOIN LATERAL (
    SELECT (ARRAY['promised', 'says_paid', 'not_reached', 'refuses', 'moved'])[1 + p.id %% 5] AS outcome
  ) AS o WHERE p.id %% 17 = 0 AND p.status <> 'lapsed';
  INSERT INTO reminders (participant_id, cadre_id, sent_on, sent_by, sent_at)
  SELECT participant_id, cadre_id, held_on, recorded_by, recorded_at FROM talks
"""
_PLANS: Final = f"""
  INSERT INTO cadre_targets (cadre_id, month, villages, set_at, set_by)
  SELECT cadre_id, %(present)s, 1 + n %% 4, timestamptz '2026-11-01 03:00+00', reviewer_id FROM workers WHERE n %% 3 > 0;
  INSERT INTO explainer_openings (cadre_id, day, openings)
  SELECT cadre_id, date '2026-11-21' - (back * 3)::int, 1 + (n + back) %% 7
  FROM workers CROSS JOIN generate_series(0, 4) AS back WHERE n %% 2 = 0;
  INSERT INTO inactivity_proposals (cadre_id, month, last_work_month, status, proposed_at)
  SELECT cadre_id, '2026-10', '2026-06', CASE WHEN n %% 80 = 0 THEN 'open' ELSE 'kept' END,
    timestamptz '2026-11-03 02:00+00' FROM workers WHERE n %% 40 = 0;
  INSERT INTO audit_events (at, actor_id, actor_role, act, subject_kind, subject_id, branch_id)
  SELECT held_on + interval '1 day', reviewer_id, 'supervisor', 'activity.approved', 'activity', r::text, branch_id
  FROM reports WHERE status = 'approved' AND {_chance("r", 19)} < 0.9
"""
# Months, extracts, and the ledger of approved reports and new participants.
_MONTHS: Final = """
  INSERT INTO months (month, status, closed_at, digest)
  SELECT to_char(m, 'YYYY-MM'), 'closed', m + interval '1 month 2 days', md5(m::text) || md5(m::text)
  FROM generate_series(date '2025-10-01', date '2026-10-01', interval '1 month') AS m
  ON CONFLICT DO NOTHING;
  INSERT INTO months (month, status) VALUES (%(present)s, 'open') ON CONFLICT DO NOTHING;
  INSERT INTO extract_imports (id, file_name, sha256, as_of, status, skip_bad, uploaded_by, uploaded_at, applied_by,
    applied_at, counts)
  SELECT row_number() OVER (ORDER BY m), to_char(m, 'YYYY-MM') || '.csv', md5(m::text) || md5(m::text),
    (m + interval '1 month - 1 day')::date, 'applied', false, v.id, m + interval '1 month 12 hours', v.id,
    m + interval '1 month 12 hours', '{}'
  FROM generate_series(date '2025-10-01', date '2026-10-01', interval '1 month') AS m,
    (SELECT id FROM users WHERE role = 'validator' ORDER BY id LIMIT 1) AS v
"""
_LEDGER: Final = """
  INSERT INTO ledger_entries (cadre_id, branch_id, month, original_month, points, kind, source, rule_version, earned_on,
    posted_at, posted_by)
  SELECT cadre_id, branch_id, to_char(held_on, 'YYYY-MM'), to_char(held_on, 'YYYY-MM'), points_given, 'activity',
    'activity:' || ref, 1, held_on, decided_at, decided_by
  FROM activities WHERE points_given > 0 ORDER BY id;
  INSERT INTO ledger_entries (cadre_id, branch_id, month, original_month, points, kind, source, rule_version, earned_on,
    posted_at, posted_by)
  SELECT cadre_id, branch_id, earned_month, earned_month, CASE pack WHEN 'JKK,JKM' THEN 50 ELSE 75 END, 'signup',
    'signup:s' || lpad(id::text, 11, '0'), 1, reported_on, %(at)s, reviewer_id
  FROM people WHERE outcome = 'new' ORDER BY id
"""
STATEMENTS: Final = {
    "months": _MONTHS,
    "workers": _WORKERS,
    "reports": _REPORTS,
    "activities": _ACTIVITIES,
    "people": _PEOPLE,
    "signups": _SIGNUPS,
    "other sign-ups": _OTHERS,
    "participants": _PARTICIPANTS,
    "contributions": _CONTRIBUTIONS,
    "tasks": _TASKS,
    "plans": _PLANS,
    "ledger": _LEDGER,
}
