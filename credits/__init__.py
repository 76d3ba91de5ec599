"""WHOSE CREDITS: wallets, lots, payments, and the ledger that proves itself."""
