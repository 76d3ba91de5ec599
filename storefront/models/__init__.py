"""The room's tables, in three files: what is for sale, what was bought, what documents say of it."""

from storefront.models.catalogue import Asset, AssetFile, Bundle, BundlePart, Terms
from storefront.models.documents import Document, Invoice, Series
from storefront.models.purchases import Cause, Download, Purchase, PurchaseItem, ShopReference, Status

__all__ = [
    "Asset",
    "AssetFile",
    "Bundle",
    "BundlePart",
    "Cause",
    "Document",
    "Download",
    "Invoice",
    "Purchase",
    "PurchaseItem",
    "Series",
    "ShopReference",
    "Status",
    "Terms",
]
