"""The door for whole stores: the line format, loading, dumping, the demo world."""
