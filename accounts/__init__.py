"""WHO: people, publishers, keys, and what each was answered. The room at the bottom; it imports no other."""
