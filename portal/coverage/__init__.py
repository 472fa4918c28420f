"""Coverage: estimates of villages, who was where, and where nobody has been."""
