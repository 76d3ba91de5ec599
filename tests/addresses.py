"""Every address of the store, and what it answers to each of `PEOPLE`.

`ROWS` names each route once: which of Ada's or Grove's things its address leads to, and what GET and POST answer.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from operator import attrgetter
from types import SimpleNamespace
from typing import Any

from django.urls import reverse

# vic works at the store and has no role; ada owns what is asked for, gil's publisher sold it, quinn's did not.
PEOPLE = ("visitor", "ben", "ada", "quinn", "gil", "sam", "lea", "vic", "root")
IN, TO = "sign in", "elsewhere"
Answers = dict[str, int | str]


def told(text: str) -> Answers:
    """One word for each of PEOPLE: a status, `in` for being sent to sign in, `to` for being sent elsewhere."""
    words = {"in": IN, "to": TO}
    statuses = [words.get(word) or int(word) for word in text.split()]
    assert len(statuses) == len(PEOPLE), text
    return dict(zip(PEOPLE, statuses, strict=True))


def all_are(status: int | str) -> Answers:
    return dict.fromkeys(PEOPLE, status)


def signed_in(status: int | str) -> Answers:
    return all_are(status) | {"visitor": IN}


def owner(status: int | str, others: int | str = 404) -> Answers:
    return signed_in(others) | {"ada": status}


def members(status: int | str) -> Answers:
    """Quinn and Gil each see their own publisher's; nobody else sees any."""
    return signed_in(403) | {"quinn": status, "gil": status}


def grove(status: int | str) -> Answers:
    return signed_in(403) | {"quinn": 404, "gil": status}


def desk(agent: int | str, lead: int | str | None = None, vic: int | str = 403) -> Answers:
    """Customers and publishers are led to the desk's sign-in, which tells them no."""
    lead = agent if lead is None else lead
    return all_are(TO) | {"sam": agent, "lea": lead, "root": lead, "vic": vic}


def machine(ada: int, others: int) -> Answers:
    """The API by session."""
    return all_are(others) | {"visitor": 401, "ada": ada}


def seller(grove: int, others: int = 404) -> Answers:
    return all_are(403) | {"visitor": 401, "quinn": others, "gil": grove}


@dataclass(frozen=True)
class Row:
    get: Answers
    post: Answers
    at: dict[str, str] = field(default_factory=dict)
    body: dict[str, Any] = field(default_factory=dict)


def row(get: Answers, post: Answers, body: dict[str, Any] | None = None, **at: str) -> Row:
    """`at` says, for each part of the address, where in the world it is found; a text in quotes stands for itself."""
    return Row(get, post, at, body or {})


ANYBODY = row(all_are(200), all_are(405))
LIST = row(signed_in(200), signed_in(405))
PAID = {"expected_credits": 60, "key": "k"}
STORY = {"message": "Where is my answer?"}
NO_POST, NO_GET = all_are(405), all_are(405)

SHOP = {
    "shop": ANYBODY,
    "publisher": row(all_are(200), NO_POST, slug="grove.slug"),
    "asset": row(all_are(200), NO_POST, slug="moss.slug"),
    "bundle": row(all_are(200), NO_POST, slug="woods.slug"),
    "cover": row(all_are(200), NO_POST, kind="'asset'", slug="moss.slug"),
    "buy_asset": row(signed_in(200), signed_in(422), slug="fern.slug"),
    "buy_bundle": row(signed_in(200), signed_in(422), slug="woods.slug"),
    "library": LIST,
    "library_download": row(owner(200), owner(TO), slug="moss.slug"),
    "library_links": row(owner(200), signed_in(405), pk="download.pk"),
    # A signed link works without a session, as download managers need, and in nobody else's.
    "download": row(owner(200) | {"visitor": 200}, NO_POST, token="link"),
    "purchases": LIST,
    "purchase": row(owner(200), signed_in(405), number="bought.number"),
    "invoice_pdf": row(owner(200), signed_in(405), number="bought.number"),
    "credit_note_pdf": row(owner(200), owner(200), number="refunded.number"),
    "refund": row(owner(200), owner(422), {"expected_credits": 60}, number="bought.number"),
    "refund_done": row(owner(200), owner(200), number="refunded.number"),
    "credits": LIST,
    "credits_redeem": row(signed_in(TO), signed_in(422)),
    "credits_csv": LIST,
    "cases": row(signed_in(200), signed_in(200)),
    "new_case": row(signed_in(200), signed_in(422), {"invoice": "IN010000000001", **STORY}),
    "case": row(owner(200), owner(200), number="open_case.number"),
    "case_message": row(signed_in(405), owner(TO), STORY, number="open_case.number"),
    "case_answer": row(signed_in(405), owner(409), {"mine": "yes"}, number="open_case.number"),
    "case_withdraw": row(owner(200), owner(TO), number="open_case.number"),
    "case_attachment": row(owner(200), owner(200), number="open_case.number", ref="file.ref"),
    **dict.fromkeys(
        ("policy", "help_buy", "help_refund", "help_credits", "help_publishers"),
        row(all_are(200), all_are(200)),
    ),
}
NOT_AGAIN = signed_in(TO) | {"visitor": 200}
PEOPLES_OWN = {
    "account_login": row(NOT_AGAIN, NOT_AGAIN),
    "account_signup": row(NOT_AGAIN, NOT_AGAIN),
    "account_logout": row(signed_in(200) | {"visitor": TO}, all_are(TO)),
    "account_reauthenticate": row(signed_in(200), signed_in(200)),
    "profile": row(signed_in(200), signed_in(200)),
    "account_email": row(signed_in(200), signed_in(TO)),
    "account_change_password": row(signed_in(200), signed_in(200)),
    "account_set_password": row(signed_in(TO), signed_in(TO)),
    "mfa_index": LIST,
    "mfa_activate_totp": row(signed_in(TO), signed_in(TO)),
    "mfa_deactivate_totp": row(owner(TO), owner(TO)),
    "mfa_view_recovery_codes": row(signed_in(404), signed_in(405)),
    "mfa_generate_recovery_codes": row(signed_in(TO), signed_in(TO)),
    "mfa_download_recovery_codes": row(signed_in(404), signed_in(404)),
    "mfa_authenticate": row(all_are(TO), all_are(TO)),
    "mfa_reauthenticate": row(owner(200, TO), owner(200, TO)),
    "account_inactive": ANYBODY,
    "account_email_verification_sent": ANYBODY,
    "account_confirm_email": row(all_are(200), all_are(404), key="'x'"),
    "account_reset_password": row(all_are(200), all_are(200)),
    "account_reset_password_done": ANYBODY,
    "account_reset_password_from_key": row(all_are(200), all_are(200), uidb36="'1'", key="'x'"),
    "account_reset_password_from_key_done": ANYBODY,
}
ONLY_POST = members(405)
PORTAL = {
    "verify_json": row(all_are(403), all_are(405)),
    "portal": row(members(200), members(200)),
    "portal_choose": row(members(200), members(200)),
    "portal_invoices": row(members(200), members(422)),
    "portal_invoices_csv": row(members(200), members(200)),
    "portal_refunds": row(members(200), members(200)),
    "portal_refund_new": row(members(200), members(422)),
    "portal_refund": row(grove(200), grove(200), number="open_case.number"),
    "portal_refund_answer": row(grove(200), grove(TO), number="open_case.number", act="'authorise'"),
    "portal_refund_message": row(ONLY_POST, grove(TO), {"message": "Any news?"}, number="open_case.number"),
    "portal_refund_withdraw": row(members(404), members(404), number="open_case.number"),
    "portal_refund_file": row(grove(200), grove(200), number="open_case.number", ref="file.ref"),
    "portal_sales": row(members(200), members(200)),
    "portal_sales_csv": row(members(200), members(200)),
    "portal_keys": row(members(200), members(422), {"name": ""}),
    "portal_look_ups": row(members(200), members(200)),
    "portal_key_rename": row(ONLY_POST, grove(TO), {"name": "Taken"}, pk="key.pk"),
    "portal_key_rotate": row(ONLY_POST, grove(200), pk="key.pk"),
    "portal_key_revoke": row(ONLY_POST, grove(TO), pk="key.pk"),
    "portal_account": row(members(200), members(200)),
    "portal_rename": row(ONLY_POST, members(422)),
    "portal_address_add": row(ONLY_POST, members(422)),
    "portal_address_again": row(ONLY_POST, grove(TO), pk="business.pk"),
    "portal_address_remove": row(ONLY_POST, grove(TO), pk="business.pk"),
    "portal_invite": row(ONLY_POST, members(422)),
    "portal_invitation_withdraw": row(ONLY_POST, grove(TO), pk="invitation.pk"),
    "portal_member_role": row(ONLY_POST, grove(TO), {"role": "owner"}, pk="membership.pk"),
    "portal_member_remove": row(ONLY_POST, grove(TO), pk="membership.pk"),
    # To whoever was not invited it never was; this one is for nina@grove.example.
    "portal_invitation": row(signed_in(404), signed_in(404), pk="invitation.pk"),
    # Whoever reads the letter may confirm its address, signed in or not.
    "portal_address_confirm": row(all_are(200), all_are(200), token="business_link"),
}
OF_CASE = {"number": "open_case.number"}
WHY = {"why": "Because.", "note": "Because."}
DESK = {
    "desk_queue": row(desk(200), desk(200)),
    "desk_case": row(desk(200), desk(200), **OF_CASE),
    "desk_approve": row(desk(200), desk(422), WHY, **OF_CASE),
    "desk_act": row(desk(200), desk(TO), WHY, name="'reject'", **OF_CASE),
    "desk_attachment": row(desk(200), desk(200), ref="file.ref", **OF_CASE),
    "desk_wallet": row(desk(200), desk(200), pk="wallet.pk"),
    "desk_give": row(
        desk(403, 200), desk(403, TO) | {"root": 403}, {"credits": 5, "kind": "promo", **WHY}, pk="wallet.pk"
    ),
    "desk_purchase": row(desk(200), desk(200), number="bought.number"),
    "desk_charge_back": row(desk(403, 200), desk(403, TO), WHY, number="bought.number"),
    "desk_document": row(desk(200), desk(200), number="bought.number"),
    "desk_duplicates": row(desk(200), desk(200)),
    "desk_strike": row(desk(200), desk(TO), WHY, pk="download.pk"),
    "desk_letter": row(desk(200), desk(TO), pk="letter.pk"),
    "desk_verify_invoice": row(desk(200), desk(200)),
    "desk_roles": row(desk(403, 200), desk(403, TO), {"role": "agent", **WHY}, pk="ada.pk"),
    "desk_publish_terms": row(desk(403, 200), desk(403, 422)),
    "admin:index": row(desk(200, vic=200), desk(200, vic=200)),
    # No ring for those who are in and may not: they are told no.
    "admin:login": row(told("in 403 403 403 403 to to to to"), told("in 403 403 403 403 to to to to")),
    "admin:logout": row(desk(405, vic=405), desk(200, vic=200)),
    "admin:password_change": row(desk(200, vic=200), desk(200, vic=200)),
    "admin:password_change_done": row(desk(200, vic=200), desk(405, vic=405)),
    "admin:autocomplete": row(desk(403), desk(405, vic=405)),
    "admin:jsi18n": row(desk(200, vic=200), desk(405, vic=405)),
    "admin:view_on_site": row(desk(404, vic=404), desk(404, vic=404), content_type_id="'1'", object_id="'1'"),
    "admin:app_list": row(desk(200, vic=404), desk(200, vic=404), app_label="'refunds'"),
}
# The rows of Django admin: for each, what an agent and a lead get at its change page, read and sent. Nobody deletes
# any of them, and only what `MADE_BY_LEADS` names can be added.
CHANGE = {
    "refunds_case": ("open_case", desk(TO), desk(TO)),
    "storefront_asset": ("moss", desk(200), desk(403, 200)),
    "storefront_bundle": ("woods", desk(200), desk(403, 200)),
    "credits_wallet": ("wallet", desk(TO, vic=TO), desk(TO, vic=TO)),
    "credits_code": ("code", desk(200), desk(403, TO)),
    "credits_redemption": ("redemption", desk(200), desk(403)),
    "storefront_download": ("download", desk(TO), desk(TO)),
    "outbox_message": ("letter", desk(TO, vic=TO), desk(TO, vic=TO)),
    "outbox_job": ("job", desk(200), desk(403)),
    "accounts_user": ("ada", desk(200), desk(200)),
    "accounts_publisher": ("grove", desk(200), desk(403, 200)),
    "storefront_purchase": ("bought", desk(TO), desk(TO)),
    "refunds_refund": ("refund", desk(200), desk(200)),
    "refunds_denial": ("denial", desk(200), desk(200)),
    "refunds_creditnote": ("refund.credit_note", desk(TO), desk(TO)),
    "refunds_chargeback": ("charge_back", desk(TO), desk(TO)),
    "storefront_purchaseitem": ("item", desk(TO), desk(TO)),
    "refunds_lookup": ("look_up", desk(200), desk(403)),
    "accounts_auditline": ("audit_line", desk(200), desk(403)),
    "storefront_terms": ("terms", desk(200), desk(403)),
}
MADE_BY_LEADS = {"storefront_asset", "storefront_bundle", "credits_code", "accounts_publisher"}


def admin_rows() -> Iterator[tuple[str, Row]]:
    for name, (thing, read, sent) in CHANGE.items():
        at = {"object_id": f"{thing}.pk"}
        add = desk(403, 200) if name in MADE_BY_LEADS else desk(403)
        yield f"admin:{name}_changelist", row(desk(200), desk(200))
        yield f"admin:{name}_add", row(add, add)
        yield f"admin:{name}_history", row(desk(200), desk(200), **at)
        yield f"admin:{name}_delete", row(desk(403), desk(403), {"post": "yes"}, **at)
        yield f"admin:{name}_change", row(read, sent, **at)


OPEN, MINE = row(all_are(200), NO_POST), row(machine(200, 200), NO_POST)
OF_INVOICE = {"invoice": "bought.number"}
STORE_LINE = row(NO_GET, machine(403, 403), {"ref": "r"})
API = {
    "healthz": row(all_are(200), all_are(200)),
    # Not ready: nobody has started the jobs of this store.
    "readyz": row(all_are(503), all_are(503)),
    "metrics": row(all_are(200), all_are(200)),
    "api_catalogue_assets": OPEN,
    "api_catalogue_asset": row(all_are(200), NO_POST, slug="moss.slug"),
    "api_catalogue_bundles": OPEN,
    "api_catalogue_bundle": row(all_are(200), NO_POST, slug="woods.slug"),
    "api_me_read": MINE,
    "api_purchases_list": row(machine(200, 200), machine(400, 400)),
    "api_purchases_read": row(machine(200, 404), NO_POST, **OF_INVOICE),
    "api_purchases_invoice": row(machine(200, 404), NO_POST, **OF_INVOICE),
    "api_purchases_credit_note": row(machine(200, 404), NO_POST, invoice="refunded.number"),
    "api_refunds_quote": row(machine(200, 404), NO_POST, **OF_INVOICE),
    "api_refunds_refund": row(NO_GET, machine(409, 404), {"expected_credits": 59}, **OF_INVOICE),
    "api_credits_read": MINE,
    "api_credits_entries": MINE,
    "api_credits_redeem": row(NO_GET, machine(400, 400)),
    "api_library_list": MINE,
    "api_library_download": row(NO_GET, machine(201, 404), asset="moss.slug"),
    "api_cases_list": row(machine(200, 200), machine(400, 400)),
    "api_cases_read": row(machine(200, 404), NO_POST, **OF_CASE),
    "api_cases_message": row(NO_GET, machine(200, 404), STORY, **OF_CASE),
    "api_cases_answer": row(NO_GET, machine(409, 404), {"mine": True}, **OF_CASE),
    "api_cases_withdraw": row(NO_GET, machine(200, 404), **OF_CASE),
    "api_publisher_invoice": row(seller(200), NO_POST, number="bought.number"),
    "api_publisher_requests": row(seller(200, 200), seller(400, 400)),
    "api_publisher_request_read": row(seller(200), NO_POST, **OF_CASE),
    "api_publisher_authorise": row(NO_GET, seller(200), {"note": "Yes."}, **OF_CASE),
    "api_publisher_decline": row(NO_GET, seller(200), {"note": "No."}, **OF_CASE),
    "api_publisher_offer_help": row(NO_GET, seller(200), {"note": "Try 1.1."}, **OF_CASE),
    # Another shop's door opens to a store's key alone, and to no session.
    **dict.fromkeys(
        ("api_store_user", "api_store_grant", "api_store_purchase", "api_store_download"), STORE_LINE
    ),
    "api_store_quote": row(machine(403, 403), NO_POST, **OF_INVOICE),
    "api_store_refund": row(NO_GET, machine(403, 403), {"expected_credits": 60}, **OF_INVOICE),
    "api_schema": OPEN,
    "api_docs": OPEN,
    "api_errors": row(all_are(200), all_are(200)),
}
ROWS: dict[str, Row] = {**SHOP, **PEOPLES_OWN, **PORTAL, **DESK, **dict(admin_rows()), **API}


def found(w: SimpleNamespace, where: str) -> object:
    return where.strip("'") if where.startswith("'") else attrgetter(where)(w)


def address(w: SimpleNamespace, name: str) -> str:
    return reverse(name, kwargs={part: found(w, where) for part, where in ROWS[name].at.items()})
