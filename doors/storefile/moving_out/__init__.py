"""A whole store as a store file: what stands on which line, and in which order, so that loading it is the same store."""
