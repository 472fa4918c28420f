"""The rules of recognition: levels, weekly streaks, badges, pure and without pay (rules.md 11)."""
