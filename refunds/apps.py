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
        "view_lookup",
        "view_verifiedinvoice",
        "decide_case",
    )
    leads = ("overrule_case",)

    def ready(self) -> None:
        from credits import proofs
        from outbox import acts, letters
        from refunds import closing
        from refunds.cases import closings, escalation  # noqa: F401 - the job registers itself on import
        from refunds.credit_notes import facts_of_note
        from refunds.letters import letters_of_refund
        from refunds.proofs import NOTES, refunds_hold
        from storefront import documents
        from storefront.models import Series
        from storefront.proofs import NUMBERED

        documents.facts_behind[Series.CREDIT_NOTE] = facts_of_note
        closing.endings |= {"refunded": closings.by_refund, "charged_back": closings.by_charge_back}
        acts.written_by["refund"] = letters_of_refund
        letters.enclosures["credit_note"] = documents.enclosure
        NUMBERED[Series.CREDIT_NOTE] = NOTES
        proofs.register("refunds", refunds_hold, over=self.get_model("Refund"))
