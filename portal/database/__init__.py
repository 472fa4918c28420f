"""What the portal knows of databases: column types, the engine, transactions, many rows at once."""
