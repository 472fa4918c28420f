"""Master data from files: branches and cadres, all or nothing."""
