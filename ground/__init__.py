"""The ground floor: what is neither people nor money, and what every room above stands on."""
