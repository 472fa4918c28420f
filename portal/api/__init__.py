"""The interface for programs: /api/v1, described by OpenAPI 3.1; the phone's sender is one of its clients."""
