"""One request to support, and what everybody whom it concerns does with it."""

import io
import zipfile
from collections.abc import Sequence
from typing import Any

from accounts.models import User
from refunds import cases
from refunds.cases import Upload
from refunds.models import Attachment, Case
from refunds.models.cases import Side
from storefront.models import Purchase
from tests.data.store_before.acts import World, fresh

STORY = "Koupil jsem to pro projekt, který pak zrušili; nikdo to tu nikdy neotevřel. 这是我的请求。\n\nThank you — merci!"
SPEAKS = {"grove": "gil", "quarry": "quinn", "kun": "petr"}


def archive() -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as file:
        file.writestr(zipfile.ZipInfo("log/výpis.txt"), "leaf 12 flickers\n" * 40)
    return held.getvalue()


FILES = (
    Upload(name="výpis z účtu.pdf", content=b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n%%EOF\n"),
    Upload(name="obrázek 画像.png", content=b"\x89PNG\r\n\x1a\n" + bytes(range(64))),
    Upload(name="photo.JPG", content=b"\xff\xd8\xff\xe0" + bytes(range(200, 255))),
    Upload(name="poznámka.txt", content="Řádek první\nŘádek druhý 🌿\n".encode()),
    Upload(name="log.zip", content=archive()),
)


class Request:
    def __init__(self, w: World, case: Case) -> None:
        self.w, self.case = w, case

    @classmethod
    def by_customer(
        cls,
        w: World,
        who: User,
        purchase: Purchase | None,
        grounds: str,
        *,
        message: str = STORY,
        items: Sequence[str] | None = None,
        uploads: Sequence[Upload] = (),
        share: bool = False,
    ) -> "Request":
        told = cases.open_by_customer(
            asking=w.asking(who),
            purchase=purchase and fresh(purchase),
            grounds=grounds,
            message=message,
            items=items,
            uploads=uploads,
            share=share,
        )
        return cls(w, told.outcome)

    @classmethod
    def by_publisher(cls, w: World, slug: str, purchase: Purchase, **more: Any) -> "Request":
        told = cases.open_publisher_request(
            asking=w.asking(w.people[SPEAKS[slug]], "portal"),
            publisher=w.publishers[slug],
            purchase=fresh(purchase),
            email=f"hello@{slug}.example",
            subject=f"Refund request for {purchase.number}",
            description="Zákazník nám napsal: texture flickers on every card that we tried.",
            **more,
        )
        return cls(w, told.outcome)

    # --- Customer -------------------------------------------------------------------------------------------------

    @property
    def customer(self) -> User:
        return self.case.customer

    def withdrawn(self, by: User | None = None, *, solved: bool = False) -> None:
        self._do(cases.withdraw, by=by or self.customer, door="page", solved=solved, note="Už je to dobré.")

    def mine(self, yes: bool) -> None:
        self._do(cases.answer_request, by=self.customer, mine=yes, door="page")

    def helped(self, accepted: bool) -> None:
        self._do(cases.accept_help, by=self.customer, accepted=accepted, door="api")

    def says(self, message: str, *, uploads: Sequence[Upload] = (), share: bool = False) -> None:
        self._do(
            cases.add_message,
            by=self.customer,
            side=Side.CUSTOMER,
            message=message,
            door="page",
            uploads=uploads,
            share=share,
        )

    # --- Publishers -----------------------------------------------------------------------------------------------

    def yes(self, slug: str, note: str = "Souhlasíme.") -> None:
        self._do(cases.authorise, **self._spoken_for(slug), note=note, door="portal")

    def no(self, slug: str, note: str = "Nesouhlasíme: it works as shown — 不同意.") -> None:
        self._do(cases.decline, **self._spoken_for(slug), note=note, door="api")

    def help(self, slug: str) -> None:
        self._do(cases.offer_help, **self._spoken_for(slug), note="Which version do you use?", door="portal")

    def publisher_says(self, slug: str, message: str, uploads: Sequence[Upload] = ()) -> None:
        self._do(
            cases.add_message,
            **self._spoken_for(slug),
            side=Side.PUBLISHER,
            message=message,
            door="portal",
            uploads=uploads,
            share=True,
        )

    def _spoken_for(self, slug: str) -> dict[str, Any]:
        return {"publisher": self.w.publishers[slug], "by": self.w.people[SPEAKS[slug]]}

    # --- Support --------------------------------------------------------------------------------------------------

    def taken(self, by: str = "sam", to: str = "") -> None:
        self._do(cases.assign, by=self.w.people[by], to=self.w.people[to] if to else None)

    def handed_over(self, by: str = "sam") -> None:
        self._do(cases.hand_over, by=self.w.people[by], note="Beyond what I may do.")

    def noted(self, by: str = "mia") -> None:
        self._do(cases.note, by=self.w.people[by], note="Volala, zní upřímně. ☎")

    def written(self, by: str = "mia") -> None:
        self._do(cases.write_to_customer, by=self.w.people[by], note="Could you send us the log?")

    def asked_again(self, by: str = "sam") -> None:
        self._do(
            cases.ask_again, by=self.w.people[by], note="Please have another look.", private_note="Slow."
        )

    def approved(
        self, credits: int, *, by: str = "sam", keep: Sequence[str] = (), note: str = "Ano."
    ) -> None:
        self._do(
            cases.approve,
            by=self.w.people[by],
            credits=credits,
            keep=frozenset(keep),
            note=note,
            private_note="The log of that night shows the time-out at 02:14.",
        )

    def confirmed(self, by: str) -> None:
        self._do(cases.confirm, by=self.w.people[by], note="Viděno.")

    def taken_back(self, by: str) -> None:
        self._do(cases.take_back, by=self.w.people[by], note="The log says otherwise.")

    def rejected(self, by: str = "mia") -> None:
        self._do(
            cases.reject, by=self.w.people[by], note="Je nám líto: the time was over.", private_note="3×"
        )

    def answered(self, credits: int = 0, *, by: str = "lea") -> None:
        self._do(cases.answer, by=self.w.people[by], note="Připsali jsme, co chybělo.", credits=credits)

    def _do(self, act: Any, **how: Any) -> None:
        self.case = act(case=self.case, now=self.w.now, **how)

    def ended(self, state: str, basis: str = "") -> None:
        assert self.state == state, self.state
        assert not basis or self.case.refund.basis == basis, self.case.refund.basis

    @property
    def state(self) -> str:
        return Case.objects.get(pk=self.case.pk).state

    @property
    def files(self) -> int:
        return Attachment.objects.filter(case=self.case).count()
