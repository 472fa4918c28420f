"""Points: the rules as data, the month row, the append-only ledger, live standings."""
