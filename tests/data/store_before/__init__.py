"""The story of the store that is kept as test data: five hundred days of a shop, told as scenes."""
