"""People: users and their sessions, branches, host bodies, cadres, bank accounts."""
