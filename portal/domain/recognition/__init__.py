"""Recognition: levels, streaks, badges, challenges and leagues as pure functions (rules.md 11)."""
