"""Sign-ups: the workers whose joining a cadre reports."""
