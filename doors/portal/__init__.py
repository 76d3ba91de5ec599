"""The door for publishers: one gate, everything scoped to the publisher."""
