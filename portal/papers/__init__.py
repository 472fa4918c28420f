"""Papers: A4 pages as PDF in the portal's look, with figures, lines and tables drawn as vectors."""
