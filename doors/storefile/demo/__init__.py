"""The demo world: a small store with two years behind it, told as a store file with dates that end today."""
