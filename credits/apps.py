"""The room's registration."""

from django.apps import AppConfig


class CreditsConfig(AppConfig):
    name = "credits"
    agents = (
        "view_wallet",
        "view_lot",
        "view_payment",
        "view_usage",
        "view_entry",
        "view_code",
        "view_redemption",
    )
    leads = ("add_code", "change_code", "give_credits")

    def ready(self) -> None:
        from credits import due, proofs, signals, wallets  # noqa: F401 - jobs for the worker; a wallet for every new person

        proofs.register("wallets", wallets.wallets_hold, over=self.get_model("Entry"))
