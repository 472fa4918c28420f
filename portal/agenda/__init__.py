"""The agenda: events of a branch, who takes part, and the activities that come of it."""
