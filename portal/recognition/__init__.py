"""Recognition: levels, weekly streaks, badges, leave, holidays, moments (rules.md 11)."""
