"""The database: column types, the engine, transactions, bulk writes."""
