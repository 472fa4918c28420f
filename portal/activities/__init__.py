"""Activities: outreach reports with their photos, and their review."""
