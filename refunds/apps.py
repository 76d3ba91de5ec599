"""The room's registration."""

from django.apps import AppConfig


class RefundsConfig(AppConfig):
    name = "refunds"
    agents = (
        "view_refund",
        "view_denial",
        "view_creditnote",
        "view_chargeback",
        "view_case",
        "view_caseitem",
        "view_answer",
        "view_caseevent",
        "view_attachment",
        "decide_case",
    )
    leads = ("overrule_case",)

    def ready(self) -> None:
        from refunds.cases import escalating  # noqa: F401 - the job registers itself on import
