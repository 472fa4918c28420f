"""What could be planted in the results of challenges and in leagues."""

from tampering import T

_RESULT = "SELECT c.code, r.challenge_id, r.cadre_id FROM challenge_results r JOIN challenges c ON c.id = r.challenge_id"
_ONE = "WHERE challenge_id = {challenge_id} AND cadre_id = {cadre_id}"
_PLACE = "SELECT month, cadre_code FROM league_places WHERE month = (SELECT MIN(month) FROM league_months)"
_AT = "WHERE month = '{month}' AND cadre_code = '{cadre_code}'"

CONTESTS = [
    T("contests.results", "not that of the work that counts", f"{_RESULT} WHERE NOT r.reached ORDER BY r.cadre_id LIMIT 1",
      f"UPDATE challenge_results SET value = value + 1 {_ONE}", "{code} {cadre_id}"),
    T("contests.results", "does not follow from the frozen number", f"{_RESULT} WHERE NOT r.reached ORDER BY r.cadre_id LIMIT 1",
      f"UPDATE challenge_results SET reached = TRUE {_ONE}", "{code} {cadre_id}"),
    T("contests.results", "names is not what counts", f"{_RESULT} WHERE r.reached ORDER BY r.cadre_id LIMIT 1",
      f"UPDATE challenge_results SET evidence = '[]' {_ONE}", "{code} {cadre_id}"),
    T("contests.results", "has no result", f"{_RESULT} WHERE NOT r.reached ORDER BY r.cadre_id LIMIT 1",
      f"DELETE FROM challenge_results {_ONE}", "{code} {cadre_id}"),
    T("contests.results", "has no badge", f"{_RESULT} WHERE r.reached ORDER BY r.cadre_id LIMIT 1",
      "UPDATE challenges SET badge_code = 'challenge-care' WHERE id = {challenge_id}", "{code} {cadre_id}"),
    T("contests.leagues", "not the fifth of the mean", f"{_PLACE} AND division = 2 ORDER BY cadre_id LIMIT 1",
      f"UPDATE league_places SET division = 3 {_AT}", "{month} {cadre_code}"),
    T("contests.leagues", "not one of neighbours", f"{_PLACE} ORDER BY cadre_id LIMIT 1",
      f"UPDATE league_places SET group_no = group_no + 1 {_AT}", "{month} {cadre_code}"),
    T("contests.leagues", "not that of the closed months", f"{_PLACE} ORDER BY cadre_id LIMIT 1",
      f"UPDATE league_places SET points_sum = points_sum + 1 {_AT}", "{month} {cadre_code}"),
    T("contests.leagues", "not that of its points", f"{_PLACE} AND rank IS NOT NULL ORDER BY cadre_id LIMIT 1",
      f"UPDATE league_places SET rank = rank + 1 {_AT}", "{month} {cadre_code}"),
    T("contests.leagues", "does not follow from the ranks", f"{_PLACE} AND division = 1 AND rose ORDER BY cadre_id LIMIT 1",
      f"UPDATE league_places SET rose = FALSE {_AT}", "{month} {cadre_code}"),
    T("contests.leagues", "not that of the month before",
      "SELECT month, cadre_code FROM league_places WHERE month = (SELECT MAX(month) FROM league_months) AND division = 3 ORDER BY cadre_id LIMIT 1",
      f"UPDATE league_places SET division = 4 {_AT}", "{month} {cadre_code}"),
]  # fmt: skip
