"""The customers' pages, a file a subject."""
