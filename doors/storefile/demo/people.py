"""Who lives in the demo world. The four who may sign in are shown by `make run` and on the sign-in page."""

from typing import Any

PASSWORD = "calm-ledger-demo"  # noqa: S105 - printed on the sign-in page of a demo, on purpose
SIGN_INS = (
    ("customer", "ada@example.com"),
    ("publisher", "gil@grove.example"),
    ("agent", "sam@store.example"),
    ("lead", "lea@store.example"),
)

STAFF: list[dict[str, Any]] = [
    {"email": "sam@store.example", "name": "Sam Ortega", "roles": ["agent"], "time_zone": "Europe/Madrid"},
    {"email": "mia@store.example", "name": "Mia Tanaka", "roles": ["agent"], "time_zone": "Asia/Tokyo"},
    {"email": "lea@store.example", "name": "Lea Novak", "roles": ["lead"], "time_zone": "Europe/Prague"},
]
MEMBERS: list[dict[str, Any]] = [
    {"email": "gil@grove.example", "name": "Gil Harrow", "publishers": [{"slug": "grove", "role": "owner"}]},
    {
        "email": "nell@grove.example",
        "name": "Nell Ashby",
        "publishers": [{"slug": "grove", "role": "member"}],
    },
    {
        "email": "quinn@quarry.example",
        "name": "Quinn Delacroix",
        "publishers": [{"slug": "quarry", "role": "owner"}],
    },
    {"email": "tove@lathe.example", "name": "Tove Lind", "publishers": [{"slug": "lathe", "role": "owner"}]},
]
CUSTOMERS: list[dict[str, Any]] = [
    {"email": "ada@example.com", "name": "Ada Marsh", "time_zone": "Europe/London"},
    {"email": "ben@example.com", "name": "Ben Okafor", "time_zone": "Africa/Lagos"},
    {"email": "cleo@example.com", "name": "Cleo Brandt", "time_zone": "Europe/Berlin"},
    {"email": "dov@example.com", "name": "Dov Lindqvist", "time_zone": "Europe/Stockholm"},
    {"email": "edie@example.com", "name": "Edie Fontaine", "time_zone": "America/Montreal"},
    {"email": "finn@example.com", "name": "Finn Gallagher", "time_zone": "Europe/Dublin"},
    {"email": "gwen@example.com", "name": "Gwen Pryce", "time_zone": "Europe/London"},
    {"email": "hugo@example.com", "name": "Hugo Sandoval", "time_zone": "America/Bogota"},
    {"email": "ines@example.com", "name": "Inês Carvalho", "time_zone": "Europe/Lisbon"},
    {"email": "jonas@example.com", "name": "Jonas Weber", "time_zone": "Europe/Vienna"},
    {"email": "kira@example.com", "name": "Kira Volkova", "time_zone": "Asia/Almaty"},
    {"email": "lior@example.com", "name": "Lior Amsel", "time_zone": "Asia/Jerusalem"},
]
