"""What programs send and get: the shapes of bodies and answers, and how a body becomes a report."""
