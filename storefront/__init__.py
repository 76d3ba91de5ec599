"""WHAT WAS SOLD AND USED: the catalogue, purchases, downloads, invoices. The facts that every refund stands on."""
