"""The engine of incentives: computes what a month pays from what the queries gathered."""
