"""One door for each who comes in: customers, publishers, agents, machines, whole stores. Pages and endpoints, no models."""
