"""Activities: outreach reports with their photos and the review."""
