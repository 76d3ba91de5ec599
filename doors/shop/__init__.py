"""The door for customers: catalogue, buying, library, purchases, refunds, credits, requests, policy and help."""
