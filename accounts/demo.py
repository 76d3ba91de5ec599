"""The four people whom a demo store shows on its sign-in page. Their password protects nothing but made-up purchases."""

DEMO_PASSWORD = "calm-ledger-demo"  # noqa: S105 - printed by `make run` for everybody to use
DEMO_PEOPLE = (
    ("customer", "ada@example.com"),
    ("publisher", "gil@grove.example"),
    ("agent", "sam@store.example"),
    ("lead", "lea@store.example"),
)
