"""WHO: people, publishers and keys."""
