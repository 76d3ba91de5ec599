"""The publishers' pages, a file a subject."""
