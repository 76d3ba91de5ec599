"""The room's registration."""

from django.apps import AppConfig


class StorefrontConfig(AppConfig):
    name = "storefront"
    agents = (
        "view_asset",
        "view_assetfile",
        "view_bundle",
        "view_bundlepart",
        "view_terms",
        "view_purchase",
        "view_purchaseitem",
        "view_download",
        "view_invoice",
        "strike_download",
    )
    leads = (
        "add_asset",
        "change_asset",
        "add_bundle",
        "change_bundle",
        "add_bundlepart",
        "change_bundlepart",
        "delete_bundlepart",
        "add_assetfile",
        "publish_terms",
        "charge_back",
    )

    def ready(self) -> None:
        from django.db.models.signals import post_migrate

        from credits import proofs
        from outbox import acts, letters
        from storefront.documents import enclosure
        from storefront.letters import letters_of_purchase
        from storefront.proofs import purchases_hold, series_hold
        from storefront.standards import make_standards

        acts.written_by["purchase"] = letters_of_purchase
        letters.enclosures["invoice"] = enclosure
        proofs.register("purchases", purchases_hold, over=self.get_model("Purchase"))
        proofs.register("series", series_hold)

        # Standard terms and the series come back after a flush too, so they are no data migration.
        post_migrate.connect(make_standards, sender=self)
