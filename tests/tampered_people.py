"""What could be planted among claims, participants, their care and the trail."""

from tampering import T

PEOPLE = [
    T("signups.claims", "live in a state that ends it, or not", "SELECT ref FROM signups WHERE status = 'reported' ORDER BY id LIMIT 1", "UPDATE signups SET is_live = FALSE WHERE ref = '{ref}'", "{ref} reported"),
    T("signups.claims", "is not live though", "SELECT ref FROM signups WHERE status = 'validated' AND is_live AND nik_hash NOT IN (SELECT nik_hash FROM signups GROUP BY nik_hash HAVING COUNT(*) > 1) ORDER BY id LIMIT 1",
      "UPDATE signups SET is_live = FALSE WHERE ref = '{ref}'", "{ref}"),
    T("signups.claims", "is live though its participant", "SELECT ref FROM signups WHERE status = 'validated' AND NOT is_live ORDER BY id LIMIT 1", "UPDATE signups SET is_live = TRUE WHERE ref = '{ref}'", "{ref}"),
    T("signups.claims", "more than one live undisputed", "SELECT MIN(ref) AS a, MAX(ref) AS b FROM (SELECT ref FROM signups WHERE status = 'reported' ORDER BY id LIMIT 2) AS t",
      "DROP INDEX uq_signups_live_nik; UPDATE signups SET nik_hash = (SELECT nik_hash FROM signups WHERE ref = '{a}') WHERE ref = '{b}'", "{a} {b}"),
    T("signups.disputes", "no live rival", "SELECT o.ref, s.ref AS other FROM signups s JOIN signups o ON o.nik_hash = s.nik_hash AND o.id <> s.id AND o.status = 'disputed' WHERE s.status = 'disputed' ORDER BY s.id LIMIT 1",
      "UPDATE signups SET status = 'rejected', is_live = FALSE WHERE ref = '{other}'", "{ref}"),
    T("signups.decisions", "decided on the own report", "SELECT a.ref, c.user_id FROM activities a JOIN cadres c ON c.id = a.cadre_id WHERE a.status = 'approved' ORDER BY a.id LIMIT 1",
      "UPDATE activities SET decided_by = {user_id} WHERE ref = '{ref}'", "{ref}"),
    T("signups.decisions", "validated the own sign-up", "SELECT s.ref, c.user_id FROM signups s JOIN cadres c ON c.id = s.cadre_id WHERE s.status = 'validated' ORDER BY s.id LIMIT 1",
      "UPDATE signups SET validated_by = {user_id} WHERE ref = '{ref}'", "{ref}"),
    T("signups.decisions", "lacks what its validation fixes", "SELECT ref FROM signups WHERE status = 'validated' ORDER BY id LIMIT 1", "UPDATE signups SET earned_month = '2026-01' WHERE ref = '{ref}'", "{ref}"),
    T("messages.events", "no event that causes it", "SELECT id FROM messages ORDER BY id LIMIT 1", "UPDATE messages SET kind = 'certified' WHERE id = {id}", "{id}"),
    T("messages.events", "did themselves", "SELECT m.id, e.actor_id FROM messages m JOIN audit_events e ON e.id = m.event_id ORDER BY m.id LIMIT 1", "UPDATE messages SET user_id = {actor_id} WHERE id = {id}", "{id}"),
    T("messages.unread", "unread messages differs", "SELECT user_id FROM messages ORDER BY id LIMIT 1", "UPDATE users SET unread = unread + 1 WHERE id = {user_id}", "{user_id}"),
    T("recognition.moments", "number of moments differs", "SELECT user_id FROM messages ORDER BY id LIMIT 1", "UPDATE users SET moments = moments + 1 WHERE id = {user_id}", "{user_id}"),
    T("participants.owners", "another cadre than its sign-up", "SELECT p.id, s.ref FROM participants p JOIN signups s ON s.id = p.signup_id ORDER BY p.id LIMIT 1",
      "UPDATE participants SET cadre_id = (SELECT MAX(id) FROM cadres WHERE id <> participants.cadre_id) WHERE id = {id}", "{id} {ref}"),
    T("participants.owners", "not the newest validated one", "SELECT p.id, s.ref FROM participants p JOIN signups s ON s.id = p.signup_id ORDER BY p.id LIMIT 1",
      "UPDATE participants SET signup_id = NULL, cadre_id = NULL WHERE id = {id}", "{id} {ref}"),
    T("participants.owners", "not a validated one of the same worker", "SELECT p.id, s.ref FROM participants p JOIN signups s ON s.status = 'validated' AND s.participant_id <> p.id WHERE p.signup_id IS NOT NULL ORDER BY p.id, s.id LIMIT 1",
      "UPDATE participants SET signup_id = (SELECT id FROM signups WHERE ref = '{ref}') WHERE id = {id}", "{id} {ref}"),
    T("participants.states", "state is not the one of the newest extract", "SELECT id FROM participants WHERE status = 'grace' ORDER BY id LIMIT 1", "UPDATE participants SET status = 'active' WHERE id = {id}", "{id} active"),
    T("participants.states", "last paid month", "SELECT id FROM participants WHERE last_paid_month = '2026-07' ORDER BY id LIMIT 1", "UPDATE participants SET last_paid_month = '2026-10' WHERE id = {id}", "{id}"),
    *(
        T("contributions.numbers", "not counted as the rules say", "SELECT id, participant_id, blth FROM contributions WHERE number = 2 ORDER BY id LIMIT 1", f"UPDATE contributions SET {change} WHERE id = {{id}}", "{participant_id} {blth}")
        for change in ("number = 7", "number = NULL", "earned_on = '2026-06-30'", "cadre_id = (SELECT MAX(id) FROM cadres WHERE id <> contributions.cadre_id)", "earned_month = '2026-06'", "paid_on = '2026-01-01'", "signup_id = NULL")
    ),
]  # fmt: skip

RECOGNITION = [
    T("recognition.progress", "level is not that", "SELECT p.cadre_id, c.code FROM cadre_progress p JOIN cadres c ON c.id = p.cadre_id WHERE p.level = 2 ORDER BY p.cadre_id LIMIT 1", "UPDATE cadre_progress SET level = 3 WHERE cadre_id = {cadre_id}", "{code} 3 2"),
    T("recognition.progress", "level is not that", "SELECT p.cadre_id, c.code, p.level FROM cadre_progress p JOIN cadres c ON c.id = p.cadre_id WHERE p.level > 1 ORDER BY p.cadre_id LIMIT 1", "DELETE FROM cadre_progress WHERE cadre_id = {cadre_id}", "{code} 1 {level}"),
    T("recognition.progress", "streak is not that", "SELECT p.cadre_id, c.code, p.streak_weeks FROM cadre_progress p JOIN cadres c ON c.id = p.cadre_id WHERE p.streak_weeks > 1 ORDER BY p.cadre_id LIMIT 1", "UPDATE cadre_progress SET streak_weeks = streak_weeks - 1 WHERE cadre_id = {cadre_id}", "{code} {streak_weeks}"),
    T("recognition.progress", "streak is not that", "SELECT p.cadre_id, c.code FROM cadre_progress p JOIN cadres c ON c.id = p.cadre_id ORDER BY p.cadre_id LIMIT 1", "UPDATE cadre_progress SET longest_streak = 99 WHERE cadre_id = {cadre_id}", "{code}"),
    T("recognition.badges", "was not awarded", "SELECT a.id, a.code, c.code AS cadre FROM badge_awards a JOIN cadres c ON c.id = a.cadre_id WHERE a.code = 'signups-1' ORDER BY a.id LIMIT 1", "DELETE FROM badge_awards WHERE id = {id}", "{cadre} {code}"),
    T("recognition.badges", "without being earned", "SELECT a.id, a.code, c.code AS cadre FROM badge_awards a JOIN cadres c ON c.id = a.cadre_id WHERE a.code = 'first-report' ORDER BY a.id LIMIT 1", "UPDATE badge_awards SET code = 'reports-250' WHERE id = {id}", "{cadre} reports-250"),
    T("recognition.badges", "without being earned", "SELECT a.id, c.id AS cadre FROM badge_awards a JOIN cadres c ON c.id = a.cadre_id WHERE a.code = 'first-report' ORDER BY a.id LIMIT 1", "UPDATE badge_awards SET code = 'level-7' WHERE id = {id}", "{cadre} level-7"),
    T("recognition.badges", "row that is not the cadre's", "SELECT a.id, c.code AS cadre FROM badge_awards a JOIN cadres c ON c.id = a.cadre_id WHERE a.code = 'first-report' ORDER BY a.id LIMIT 1", "UPDATE badge_awards SET evidence = '[\"activity:nobody\"]' WHERE id = {id}", "{cadre} first-report activity:nobody"),
    T("recognition.badges", "no approved definition", "SELECT a.id, a.code, c.code AS cadre FROM badge_awards a JOIN cadres c ON c.id = a.cadre_id ORDER BY a.id LIMIT 1", "UPDATE badge_awards SET version = 9 WHERE id = {id}", "{cadre} {code}"),
    T("recognition.badges", "taken back without fraud", "SELECT a.id, c.code AS cadre FROM badge_awards a JOIN cadres c ON c.id = a.cadre_id WHERE a.code = 'first-report' ORDER BY a.id LIMIT 1", "UPDATE badge_awards SET taken_back_at = awarded_at, taken_back_because = 'fraud' WHERE id = {id}", "{cadre} first-report"),
    T("recognition.badges", "was fraud", "SELECT a.id, c.code AS cadre, s.ref FROM badge_awards a JOIN cadres c ON c.id = a.cadre_id JOIN signups s ON s.cadre_id = a.cadre_id AND s.status = 'validated' WHERE a.code = 'signups-1' ORDER BY a.id LIMIT 1", "UPDATE badge_awards SET evidence = '[\"signup:{ref}\"]' WHERE id = {id}; UPDATE signups SET withdrawn = 'fraud' WHERE ref = '{ref}'", "{cadre} signups-1"),
    T("recognition.definitions", "not as it was approved", "SELECT id FROM recognition_definitions WHERE code = 'market-10'", "UPDATE recognition_definitions SET content_hash = 'x' WHERE id = {id}", "badge market-10 1"),
]  # fmt: skip

CARE = [
    T("participants.cohorts", "another cohort than its sign-up", "SELECT p.id, s.ref FROM participants p JOIN signups s ON s.id = p.signup_id WHERE p.cohort_month IS NOT NULL ORDER BY p.id LIMIT 1", "UPDATE participants SET cohort_month = '2026-01' WHERE id = {id}", "{id} {ref}"),
    T("agenda.events", "refused somebody", "SELECT t.event_id, t.cadre_id FROM event_attendance t JOIN activities a ON a.event_id = t.event_id AND a.cadre_id = t.cadre_id WHERE a.status = 'approved' ORDER BY t.event_id, t.cadre_id LIMIT 1", "UPDATE event_attendance SET obstacle = 'suspended' WHERE event_id = {event_id} AND cadre_id = {cadre_id}", "{event_id} {cadre_id}"),
    T("agenda.events", "neither an activity nor a reason", "SELECT event_id FROM activities WHERE event_id IS NOT NULL ORDER BY id LIMIT 1", "UPDATE activities SET event_id = NULL WHERE event_id = {event_id}", "{event_id}"),
    T("agenda.events", "cadre did not attend", "SELECT ref, event_id, cadre_id FROM activities WHERE event_id IS NOT NULL ORDER BY id LIMIT 1", "DELETE FROM event_attendance WHERE event_id = {event_id} AND cadre_id = {cadre_id}", "{ref}"),
    T("agenda.events", "another type or branch", "SELECT ref, event_id FROM activities WHERE event_id IS NOT NULL ORDER BY id LIMIT 1", "UPDATE events SET type = 'radio' WHERE id = {event_id}", "{ref}"),
    T("agenda.events", "more seats than it has", "SELECT event_id AS id FROM event_seats GROUP BY event_id HAVING COUNT(*) > 1 ORDER BY event_id LIMIT 1", "UPDATE events SET seats = 1 WHERE id = {id}", "{id}"),
    T("training.certificates", "exam that was not passed", "SELECT c.id, c.attempt_id FROM certificates c ORDER BY c.id LIMIT 1", "UPDATE exam_attempts SET passed = FALSE WHERE id = {attempt_id}", "{id}"),
    T("training.certificates", "session that was not attended", "SELECT id, cadre_id FROM certificates ORDER BY id LIMIT 1", "UPDATE training_attendance SET how = 'excused', reason = 'sakit' WHERE cadre_id = {cadre_id}", "{id}"),
    T("training.certificates", "older certificate", "SELECT cadre_id FROM certificates ORDER BY id LIMIT 1", "UPDATE cadres SET certified_on = NULL WHERE id = {cadre_id}", "{cadre_id}"),
    T("training.certificates", "another day than it says", "SELECT id, cadre_id FROM certificates ORDER BY id LIMIT 1", "UPDATE cadres SET certified_until = '2099-01-01' WHERE id = {cadre_id}", "{id}"),
    T("training.certificates", "another day than the certificate says", "SELECT k.id, k.certified_on, k.certified_until FROM certificates c JOIN cadres k ON k.id = c.cadre_id ORDER BY c.id LIMIT 1",
      "UPDATE cadres SET submits_until = '2099-01-01' WHERE id = {id}", "{certified_on} {certified_until} 2099-01-01"),
    T("training.passes", "nobody passed", "SELECT source FROM ledger_entries WHERE kind = 'training' ORDER BY id LIMIT 1", "UPDATE exam_attempts SET passed = FALSE WHERE passed", "{source}"),
    T("training.passes", "without its points", "SELECT source FROM ledger_entries WHERE kind = 'training' ORDER BY id LIMIT 1", "UPDATE ledger_entries SET source = 'training:x' WHERE source = '{source}'", "{source}"),
    T("care.tasks", "renewed though no later month is paid", "SELECT id FROM renewal_tasks WHERE status = 'renewed' ORDER BY id LIMIT 1",
      "UPDATE participants SET last_paid_month = '2026-01' WHERE id = (SELECT participant_id FROM renewal_tasks WHERE id = {id})", "{id}"),
    T("care.tasks", "began before its day", "SELECT id, paid_month FROM renewal_tasks WHERE status = 'open' ORDER BY id LIMIT 1", "UPDATE renewal_tasks SET opened_on = <date>'2026-01-01' WHERE id = {id}", "{paid_month} 2026-01-01"),
    T("care.tasks", "month that was never paid", "SELECT id FROM renewal_tasks ORDER BY id LIMIT 1", "UPDATE renewal_tasks SET paid_month = '2025-01' WHERE id = {id}", "{id}"),
    T("care.tasks", "open though a later month is paid", "SELECT t.id FROM renewal_tasks t WHERE t.status = 'lost' ORDER BY t.id LIMIT 1", "UPDATE renewal_tasks SET status = 'open', closed_on = NULL WHERE id = {id}", "{id}"),
    T("care.tasks", "several open renewal tasks", "SELECT participant_id FROM renewal_tasks WHERE status = 'open' ORDER BY id LIMIT 1",
      "DROP INDEX uq_renewal_tasks_open; INSERT INTO renewal_tasks (participant_id, paid_month, status, opened_on) SELECT participant_id, paid_month, status, opened_on FROM renewal_tasks WHERE participant_id = {participant_id} AND status = 'open'", "{participant_id}"),
    T("care.hand_overs", "another cadre than held the participant", "SELECT id FROM hand_overs ORDER BY id LIMIT 1", "UPDATE hand_overs SET from_cadre_id = (SELECT MAX(id) FROM cadres WHERE id NOT IN (hand_overs.from_cadre_id, hand_overs.to_cadre_id)) WHERE id = {id}", "{id}"),
    T("care.hand_overs", "in force before an earlier one", "SELECT id, signup_id FROM hand_overs ORDER BY id LIMIT 1",
      "UPDATE hand_overs SET in_force = FALSE WHERE id = {id}; INSERT INTO hand_overs (signup_id, participant_id, from_cadre_id, to_cadre_id, from_month, in_force, reason, recorded_by, recorded_at) SELECT signup_id, participant_id, to_cadre_id, from_cadre_id, '2030-01', TRUE, reason, recorded_by, recorded_at FROM hand_overs WHERE id = {id}", "{signup_id}"),
    T("participants.owners", "another cadre than its sign-up", "SELECT h.id, p.id AS person, s.ref FROM hand_overs h JOIN participants p ON p.signup_id = h.signup_id JOIN signups s ON s.id = h.signup_id ORDER BY h.id LIMIT 1", "DELETE FROM hand_overs WHERE id = {id}", "{person} {ref}"),
]  # fmt: skip

TRAIL = [
    T("audit.events", "not as it was written", "SELECT id, act FROM audit_events WHERE act = 'activity.approved' ORDER BY id LIMIT 1", "UPDATE audit_events SET actor_id = 1 WHERE id = {id}", "{id} {act}"),
    T("audit.events", "not as it was written", "SELECT id, act FROM audit_events WHERE act = 'signup.withdrawn' ORDER BY id LIMIT 1", "UPDATE audit_events SET reason = 'Salah ketik' WHERE id = {id}", "{id} {act}"),
    *(
        T("audit.events", "not as it was written", "SELECT MAX(id) AS id, act FROM audit_events WHERE act = 'activity.approved' GROUP BY act", f"UPDATE audit_events SET {change} WHERE id = {{id}}", "{id} {act}")
        for change in ("subject_id = '0' || subject_id", "subject_kind = 'activity\"'", "actor_role = actor_role || '\\'", "branch_id = NULL", "version_seen = 77", "at = '2026-08-01 00:00:00.000000'",
                       "reason = 'a, b'", "details = <json>'{{\"cadre_id\": 1}}'<end>", "follows = seal", "seal = follows", "seal = NULL")
    ),
    T("audit.events", "not as it was written", "SELECT id, act FROM audit_events WHERE act = 'month.closed' ORDER BY id LIMIT 1",
      "UPDATE audit_events SET details = <json>REPLACE(CAST(details AS TEXT), 'gross', 'grosz')<end> WHERE id = {id}", "{id} {act}"),
    T("audit.events", "not as it was written", "SELECT id, act FROM audit_events WHERE act = 'month.closed' ORDER BY id LIMIT 1", "UPDATE audit_events SET details = NULL WHERE id = {id}", "{id} {act}"),
    T("audit.events", "is there twice", "SELECT MIN(id) AS id, (SELECT MAX(id) + 1 FROM audit_events) AS last FROM audit_events WHERE act = 'activity.approved'",
      "INSERT INTO audit_events SELECT {last}, at, actor_id, actor_role, act, subject_kind, subject_id, branch_id, reason, version_seen, details, follows, seal FROM audit_events WHERE id = {id}", "{id} {last}"),
    T("audit.links", "missing, or not before it", "SELECT b.id AS gone, e.id, e.act FROM audit_events b JOIN audit_events e ON e.follows = b.seal WHERE b.act = 'signup.withdrawn' ORDER BY 1, 2 LIMIT 1",
      "DELETE FROM audit_events WHERE id = {gone}", "{id} {act}"),
    T("audit.heads", "names is missing or another", "SELECT event_id, head_id FROM audit_tips ORDER BY 1 LIMIT 1", "DELETE FROM audit_events WHERE id = {event_id}", "{event_id} {head_id}"),
    T("audit.heads", "not as it was made", "SELECT id, month FROM audit_heads ORDER BY id LIMIT 1", "UPDATE audit_heads SET last_event = last_event - 1 WHERE id = {id}", "{id} {month}"),
    T("audit.heads", "has no head", "SELECT month FROM audit_heads WHERE month IS NOT NULL ORDER BY id DESC LIMIT 1", "DELETE FROM audit_tips WHERE head_id = (SELECT MAX(id) FROM audit_heads); DELETE FROM audit_heads WHERE month = '{month}'", "{month}"),
]  # fmt: skip
