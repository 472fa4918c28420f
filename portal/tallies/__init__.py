"""Sums of what the first pages count, so that a page costs the same however large the nation is.

Triggers keep them (migrations/versions/*_tallies.py): no path of code can forget it. On SQLite one row holds a sum; on
PostgreSQL each writing statement adds a row, so writers never wait for each other; readers add up, the scheduler folds.
`portal verify` holds all of them against a fresh count (verification/queries/tallies.py).

What a row itself names is kept by branch: reports, cadres, standings. A sign-up belongs to the branch where its cadre
is now: its sums are kept for the nation (branch 0), and by branch under kinds of their own (`branch_signup` and so on),
which a transfer moves. What a host body's members earned in a period is kept by host body (`team_points`,
`team_members`). Participants are counted by cadre; bank accounts and users for the nation alone.
"""
