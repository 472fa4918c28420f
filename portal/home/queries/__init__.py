"""Reads of home: what each role's first page shows, the audit trail, and whether the portal is ready."""
