"""The engine of incentives: what a month pays, from what the queries gathered."""
