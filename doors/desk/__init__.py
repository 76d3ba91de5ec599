"""The door for agents: Django admin for every room, and the acts on cases and purchases."""
