"""Hostile text in every field that a person can fill.

Whatever is taken is shown as text on every page, in the desk and in letters; whatever is not is refused with a
sentence and given back as it was typed; nothing ever breaks.
"""

import csv
import io
import re
from typing import Any

import pytest
from django.utils.html import escape

from outbox.models import Message
from outbox.rendering import as_mail
from storefront.models import Purchase
from tests import world
from tests.adas_things import Browser, forgotten
from tests.addresses import ROWS, address

pytestmark = pytest.mark.django_db

SCRIPT = "<script>alert(1)</script>"
FOX = "\U0001f98a"
HOSTILE = {
    "script": f'"><img src=x onerror=alert(1)>{SCRIPT}',
    "nul": "before\x00after",
    "right to left": "\u202egnp.exe",
    "emoji": f"{FOX}\u200d\U0001f469",
    "formula": "=1+1",
    "lines": "Ada\r\nBcc: eve@example.com",
    "lone surrogate": "\\ud800",
    "template": "{{ settings.SECRET_KEY }}{% debug %}",
    "long": "ä" * 65_536,
}


LONG_ENOUGH = " It flickers in the distance, in both of the versions that I tried."
# Who fills what where: `{x}` is the hostile text.
FIELDS: dict[str, tuple[str, str, dict[str, str]]] = {
    "profile name": ("ada", "/profile/", {"name": "{x}", "time_zone": "UTC", "language": "en"}),
    "time zone": ("ada", "/profile/", {"name": "Ada", "time_zone": "{x}", "language": "en"}),
    "new e-mail": ("ada", "/profile/email/", {"action_add": "", "email": "{x}"}),
    "sign-in": ("", "/sign-in/", {"login": "{x}", "password": "{x}"}),
    "sign-up": ("", "/sign-up/", {"email": "{x}", "password1": "{x}", "password2": "{x}"}),
    "forgotten": ("", "/password/", {"email": "{x}"}),
    "code": ("ada", "/credits/redeem/", {"code": "{x}"}),
    "key of a form": ("ada", "/credits/redeem/", {"code": "NONE", "key": "{x}"}),
    "key of a purchase": ("ada", "/assets/oak/buy/", {"key": "{x}", "credits": "40"}),
    "key of a refund": ("ada", "/purchases/{w.bought.number}/refund/", {"key": "{x}", "expected_credits": "1"}),
    "new case": (
        "ada",
        "/cases/new/",
        {"key": "k", "invoice": "{w.too_old.number}", "grounds": "defective", "message": "{x}" + LONG_ENOUGH},
    ),
    "case invoice": (
        "ada", "/cases/new/", {"key": "k", "invoice": "{x}", "grounds": "other", "message": LONG_ENOUGH}
    ),
    "case grounds": ("ada", "/cases/new/", {"key": "k", "grounds": "{x}", "message": LONG_ENOUGH}),
    "case message": ("ada", "/cases/{w.open_case.number}/messages/", {"message": "{x}"}),
    "download told": ("ada", "/library/moss/download/", {"told": "{x}", "along": "{x}", "file": "{x}"}),
    "publisher name": ("gil", "/portal/account/name/", {"name": "{x}"}),
    "business address": ("gil", "/portal/account/addresses/", {"address": "{x}"}),
    "invitation": ("gil", "/portal/account/invitations/", {"email": "{x}", "role": "{x}"}),
    "key name": ("gil", "/portal/keys/", {"name": "{x}", "scope": "publisher:read"}),
    "new key name": ("gil", "/portal/keys/{w.key.pk}/rename/", {"name": "{x}"}),
    "numbers": ("gil", "/portal/invoices/", {"number": "{x}"}),
    "chosen publisher": ("gil", "/portal/choose/", {"publisher": "{x}", "next": "{x}"}),
    "for another publisher": ("gil", "/portal/account/name/", {"name": "Grove", "for": "{x}"}),
    "request": (
        "gil",
        "/portal/refunds/new/",
        {"key": "k", "email": "gil@grove.example", "subject": "{x}", "product": "Recredit",
         "invoice": "{w.too_old.number}", "description": "{x}"},
    ),
    "request looked up": ("gil", "/portal/refunds/new/", {"look": "", "invoice": "{x}", "description": "{x}"}),
    "help": ("gil", "/portal/refunds/{w.open_case.number}/offer-help/", {"note": "{x}"}),
    "publisher message": ("gil", "/portal/refunds/{w.open_case.number}/messages/", {"message": "{x}"}),
    "decline": ("gil", "/portal/refunds/{w.open_case.number}/decline/", {"note": "{x}"}),
    "desk note": ("sam", "/admin/refunds/case/{w.open_case.number}/note/", {"note": "{x}"}),
    "desk answer": ("sam", "/admin/refunds/case/{w.open_case.number}/answer/", {"note": "{x}", "private_note": "{x}"}),
    "desk reject": ("sam", "/admin/refunds/case/{w.open_case.number}/reject/", {"note": "{x}", "private_note": "{x}"}),
    "strike": ("sam", "/admin/storefront/download/{w.download.pk}/strike/", {"why": "{x}"}),
    "charge-back": ("lea", "/admin/storefront/purchase/{w.bought.number}/charge-back/", {"why": "{x}"}),
    "give": ("lea", "/admin/credits/wallet/{w.wallet.pk}/give/", {"credits": "5", "kind": "promo", "why": "{x}"}),
    "role": ("lea", "/admin/accounts/user/{w.ben.pk}/roles/", {"role": "agent", "why": "{x}"}),
    "terms": (
        "lea",
        "/admin/storefront/terms/publish/",
        {"version": "{x}", "in_force_from": "2030-01-01T00:00", "window_days": "30", "bundle_percent": "50", "why": "{x}"},
    ),
    "new code": ("lea", "/admin/credits/code/add/", {"code": "{x}", "credits": "5", "kind": "promo"}),
    "new publisher": (
        "lea",
        "/admin/accounts/publisher/add/",
        {"name": "{x}", "slug": "new", "emails-TOTAL_FORMS": "0", "emails-INITIAL_FORMS": "0",
         "memberships-TOTAL_FORMS": "0", "memberships-INITIAL_FORMS": "0"},
    ),
    "new asset": (
        "lea",
        "/admin/storefront/asset/add/",
        {"slug": "new", "title": "{x}", "description": "{x}", "category": "{x}", "price": "5", "publisher": "{w.grove.pk}",
         "files-TOTAL_FORMS": "0", "files-INITIAL_FORMS": "0"},
    ),
}  # fmt: skip
# What nobody is shown again: secrets, hidden fields, and what was chosen, not typed.
NOT_TYPED = {
    "sign-in", "sign-up", "time zone", "key of a form", "key of a purchase", "key of a refund", "case grounds",
    "download told", "chosen publisher", "for another publisher", "new key name",
}  # fmt: skip


def filled(w: Any, body: dict[str, str], x: str) -> dict[str, str]:
    return {name: value.format(w=w, x=x) for name, value in body.items()}


@pytest.mark.parametrize("field", FIELDS)
def test_no_text_breaks_a_form_and_none_is_lost(w, say, field):
    person, path, body = FIELDS[field]
    for kind, x in HOSTILE.items():
        with forgotten():
            response = say(person, path, filled(w, body, x))
        assert response.status_code in {200, 302, 303, 400, 409, 413, 422, 429}, (kind, response.status_code)
        shown = response.content.decode()
        assert SCRIPT not in shown, kind
        assert "onerror=alert(1)>" not in shown, kind
        if response.status_code == 422 and field not in NOT_TYPED and kind != "nul":
            typed = escape(x)
            assert typed in shown or typed.replace("\r\n", "\n") in shown, f"{kind}: what was typed is lost"
            assert re.search(r'role="alert"|class="[^"]*error', shown), f"{kind}: no word why"


ADDRESSES = {
    "": ["/?q={x}", "/?category={x}", "/?publisher={x}", "/?price={x}", "/?sort={x}", "/?after={x}",
         "/publishers/grove/?after={x}", "/policy/?credits={x}", "/sign-in/?next={x}"],
    "ada": ["/library/?q={x}", "/library/?after={x}", "/purchases/?before={x}", "/purchases/?after={x}",
            "/credits/?before={x}", "/cases/?before={x}", "/cases/new/?invoice={x}", "/cases/new/?grounds={x}",
            "/purchases/{x}/", "/purchases/{x}/invoice.pdf", "/purchases/{x}/refund/", "/purchases/{x}/credit-note.pdf"],
    "gil": ["/portal/invoices/?q={x}", "/portal/invoices/?after={x}", "/portal/invoices/?number={x}",
            "/portal/invoices/verified.csv?q={x}", "/portal/refunds/?after={x}", "/portal/refunds/new/?invoice={x}",
            "/portal/sales/?since={x}", "/portal/sales/items.csv?until={x}", "/portal/keys/look-ups/?after={x}",
            "/portal/choose/?next={x}", "/portal/refunds/{x}/", "/portal/addresses/{x}/"],
    "lea": ["/admin/verify-invoice/?number={x}", "/admin/refunds/case/?q={x}", "/admin/refunds/case/?after={x}",
            "/admin/refunds/case/?publisher={x}", "/admin/duplicates/?before={x}",
            "/admin/credits/wallet/{w.wallet.pk}/?before={x}", "/admin/storefront/purchase/?q={x}",
            "/admin/storefront/purchase/?before={x}", "/admin/storefront/purchase/{w.bought.number}/?at={x}",
            "/admin/storefront/purchase/?_changelist_filters={x}", "/admin/accounts/user/?q={x}",
            "/admin/credits/code/?q={x}", "/admin/outbox/message/?q={x}", "/admin/accounts/auditline/?q={x}",
            "/admin/refunds/case/{w.open_case.number}/approve/?credits={x}&keep={x}&note={x}",
            "/admin/refunds/case/{w.open_case.number}/reject/?canned={x}",
            "/admin/storefront/terms/publish/?window_days={x}&bundle_percent={x}&version={x}",
            "/admin/storefront/download/{w.download.pk}/strike/?also={x}&why={x}",
            "/admin/accounts/publisher/{w.grove.pk}/change/?_popup=1&_to_field={x}",
            "/admin/refunds/refund/?since={x}", "/admin/refunds/denial/?reason={x}",
            "/admin/autocomplete/?app_label={x}&model_name={x}&field_name={x}&term={x}"],
}  # fmt: skip


@pytest.mark.parametrize("person", ADDRESSES)
def test_no_address_breaks_a_page(w, person):
    from urllib.parse import quote

    browser = Browser(getattr(w, person) if person else None)
    figures = {"huge": "9" * 5_000, "overflow": str(2**63), "negative": "-1", "square": "²"}
    figures["place"] = f"2026-01-01T00:00:00+00:00_{2**70}"
    for pattern in ADDRESSES[person]:
        for kind, text in {**HOSTILE, **figures}.items():
            x = quote(text[:4_000] if kind == "long" else text)
            response = browser.client().get(pattern.format(w=w, x=x))
            assert response.status_code in {200, 302, 400, 403, 404, 409, 410, 422}, (
                pattern,
                kind,
                response.status_code,
            )
            body = b"".join(response).decode()
            assert SCRIPT not in body, (pattern, kind)


def test_what_was_taken_is_text_on_every_page_and_in_every_letter(w, say):
    """Every field at once, then every page of the store, and every letter that was queued on the way."""
    from accounts.models import ApiKey, User
    from storefront.models import Asset, Bundle

    mark = f"{SCRIPT}\"&'"
    User.objects.update(name=mark)
    w.grove.name = mark
    w.grove.save()
    Asset.objects.update(title=mark, description=mark, category=mark[:30])
    Bundle.objects.update(title=mark, description=mark)
    ApiKey.objects.update(name=mark)
    bought = world.buy(w.ada, w.oak, now=w.now, again=True)
    w.too_old = Purchase.objects.get(pk=bought.pk)
    for field in (
        "new case",
        "case message",
        "help",
        "desk note",
        "decline",
        "request",
        "strike",
        "give",
        "terms",
        "role",
    ):
        person, path, body = FIELDS[field]
        say(person, path, filled(w, body, mark))
    seen = 0
    for name, row in ROWS.items():
        for person in ("ada", "gil", "lea"):
            if row.get[person] != 200 or name == "mfa_view_recovery_codes":
                continue
            response = Browser(getattr(w, person)).client().get(address(w, name))
            assert response.status_code != 500, name
            if response.headers.get("Content-Type", "").startswith("text/html"):
                page = b"".join(response).decode()
                assert SCRIPT not in page, (name, person)
                seen += "&lt;script&gt;alert(1)" in page
    assert seen > 40
    world.write_letters()
    letters = list(Message.objects.all())
    assert {"receipt", "case_opened", "case_publisher_asked"} <= {letter.template for letter in letters}
    for letter in letters:
        mail = as_mail(letter)
        assert all(SCRIPT not in html for html, _ in mail.alternatives), letter.template


def test_no_name_becomes_a_header_of_a_letter(w, say):
    x = "Forest\r\nBcc: eve@example.com\r\n\r\nHello"
    say("gil", "/portal/account/name/", {"name": x})
    say("ada", "/profile/", {"name": x, "time_zone": "UTC", "language": "en"})
    say("gil", "/portal/refunds/{w.open_case.number}/offer-help/", {"note": x})
    say("gil", "/portal/account/invitations/", {"email": "nell@example.com", "role": "member"})
    w.oak.title = x
    w.oak.save()
    world.buy(w.ben, w.oak, now=w.now)
    world.write_letters()
    for letter in Message.objects.all():
        raw = as_mail(letter).message()
        assert raw["Bcc"] is None, letter.template
        assert "\n" not in raw["Subject"], letter.template
        assert raw["To"] == letter.to, letter.template


def test_cells_of_a_csv_are_harmless(w, say):
    for title in ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1"):
        w.fern.title = title
        w.fern.save()
        world.buy(w.ben, w.fern, now=w.now, again=True)
    lines = {}
    for person, path in (("gil", "/portal/sales/items.csv"), ("ben", "/credits/statement.csv")):
        response = Browser(getattr(w, person)).client().get(path)
        assert response["Content-Type"].startswith("text/csv")
        lines[person] = list(csv.reader(io.StringIO(b"".join(response).decode("utf-8-sig"), newline="")))
    cells = [cell for rows in lines.values() for row in rows for cell in row]
    assert sum(cell.lstrip("'").lstrip().startswith(("=", "＝")) for cell in cells) >= 5
    assert [cell for cell in cells if re.match(r"\s*[=+@＝\t\r]|\s*-(?!\d+$)", cell)] == []
