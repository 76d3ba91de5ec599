"""The wiring: settings, addresses, the WSGI door. Nobody imports it; it imports everybody."""
