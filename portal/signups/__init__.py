"""Sign-ups: the workers that a cadre says joined."""
