"""The one table of what can go wrong: code, status, title, and what it means to whoever wrote a client of the API.

A refusal of any room that is not in it fails a test; pages, the API's schema and its page of errors read it from here.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    status: int
    title: str
    meaning: str

    @property
    def parts(self) -> list[str]:
        """The meaning, cut at its backticks: every second part is code."""
        return self.meaning.split("`")


PROBLEMS: dict[str, Kind] = {
    "access_ended": Kind(
        410,
        "Access ended",
        "The purchase behind this link was refunded or charged back since.",
    ),
    "address_known": Kind(
        409,
        "Address known",
        "The address is among the publisher's already.",
    ),
    "already_answered": Kind(
        409,
        "Already answered",
        "One answer each, and it was given. Read the case.",
    ),
    "already_member": Kind(
        409,
        "Already a member",
        "This person acts for the publisher already.",
    ),
    "already_owned": Kind(
        409,
        "Already owned",
        "Everything in it is owned already. To buy it again on purpose, send `allow_duplicate: true` with a fresh key.",
    ),
    "already_struck": Kind(
        409,
        "Already struck",
        "The download was struck before.",
    ),
    "bad_attachment": Kind(
        400,
        "Bad attachment",
        "A file is too large, empty, one too many, or of a kind that is not taken.",
    ),
    "beyond_limit": Kind(
        422,
        "Beyond the limit",
        "The decision goes further than this person may.",
    ),
    "busy": Kind(
        409,
        "Busy",
        "Somebody else is changing the same credits. Ask again, with the same key, after `Retry-After`.",
    ),
    "cannot_decide": Kind(
        422,
        "Cannot be decided",
        "The decision breaks a rule of deciding; `detail` names it.",
    ),
    "case_closed": Kind(
        409,
        "The case is closed",
        "Nothing more can be said in it. Open a new one.",
    ),
    "case_open": Kind(
        409,
        "A case is open",
        "One case at a time for a purchase; `case` is the number of the one that is open.",
    ),
    "grounds_do_not_fit": Kind(
        409,
        "These grounds do not fit",
        "As the purchase stands, such a case cannot be opened on it.",
    ),
    "idempotency_key_required": Kind(
        400,
        "A key is required",
        "Send `Idempotency-Key`: up to 200 printable characters, a fresh one for each act.",
    ),
    "idempotency_key_reused": Kind(
        422,
        "Key used for another request",
        "The same key (or `ref`) came with another body or to another address.",
    ),
    "in_progress": Kind(
        409,
        "Still in progress",
        "The first request with this key still runs. Ask again after `Retry-After`.",
    ),
    "insufficient_credits": Kind(
        402,
        "Not enough credits",
        "It costs `credits` and `balance` is there. Top up, and use a fresh key.",
    ),
    "invalid": Kind(
        400,
        "Bad request",
        "`errors` names each wrong field by its JSON pointer.",
    ),
    "invalid_code": Kind(
        422,
        "This code does not work",
        "One answer for every cause. Five in ten minutes, then a wait.",
    ),
    "invitation_over": Kind(
        410,
        "The invitation is over",
        "It was accepted or withdrawn, or its time is over.",
    ),
    "last_owner": Kind(
        409,
        "The last owner",
        "A publisher needs at least one owner.",
    ),
    "link_ended": Kind(
        410,
        "The link has ended",
        "Links live for minutes. Download again for a new one.",
    ),
    "link_over": Kind(
        410,
        "The link has ended",
        "The link of a letter was used, or its time is over.",
    ),
    "method_not_allowed": Kind(
        405,
        "Method not allowed",
        "The header `Allow` names the methods of this address.",
    ),
    "no_longer_live": Kind(
        409,
        "No longer live",
        "The item was refunded, revoked or charged back.",
    ),
    "nobody_to_ask": Kind(
        409,
        "Nobody to ask",
        "There is no publisher left who could be asked.",
    ),
    "not_allowed": Kind(
        403,
        "Not allowed",
        "This person may not do this, whatever the key.",
    ),
    "not_an_address": Kind(
        400,
        "No address",
        "This is no e-mail address.",
    ),
    "not_authenticated": Kind(
        401,
        "Who are you",
        "Send `Authorization: Bearer <key>`. The key is missing, unknown, expired or revoked.",
    ),
    "not_charged_back": Kind(
        409,
        "Cannot be charged back",
        "Only what was completed or refunded can be.",
    ),
    "not_for_sale": Kind(
        409,
        "Not for sale",
        "It was withdrawn, or something in it was.",
    ),
    "not_found": Kind(
        404,
        "Not found",
        "There is no such thing, or it is somebody else's.",
    ),
    "not_owned": Kind(
        404,
        "Not owned",
        "No live purchase of this customer gives this asset.",
    ),
    "not_your_own": Kind(
        403,
        "Not your own",
        "Nobody decides about their own purchases or their own publisher.",
    ),
    "number_taken": Kind(
        409,
        "Number taken",
        "Another purchase of this store has this invoice number.",
    ),
    "own_case": Kind(
        403,
        "Not your own case",
        "Nobody decides about their own purchases or their own publisher.",
    ),
    "parse_error": Kind(
        400,
        "Unreadable body",
        "The body is no JSON, or no multipart form, as this store reads it.",
    ),
    "permission_denied": Kind(
        403,
        "Not allowed",
        "The key's scopes do not cover this, or CSRF failed in a session.",
    ),
    "price_changed": Kind(
        409,
        "The price changed",
        "`credits` is the price now. Show it, and buy with a fresh key if it is still wanted.",
    ),
    "quote_changed": Kind(
        409,
        "The quote changed",
        "`decision` is the quote now. Show it, and confirm its credits with a fresh key.",
    ),
    "refund_denied": Kind(
        422,
        "Not refundable",
        "`decision` has every reason with its evidence. It is kept.",
    ),
    "refused": Kind(
        409,
        "Refused",
        "It could not be done; `detail` says why.",
    ),
    "scope_not_given": Kind(
        422,
        "Scope not given",
        "A key of this kind cannot have this scope.",
    ),
    "server_error": Kind(
        500,
        "Our mistake",
        "It was noted. Ask again with the same key: nothing is done twice.",
    ),
    "strike_too_late": Kind(
        409,
        "Too late to strike",
        "The purchase is refunded, so its downloads stay.",
    ),
    "terms_in_the_past": Kind(
        409,
        "Terms in the past",
        "New terms start in the future.",
    ),
    "terms_taken": Kind(
        409,
        "Terms taken",
        "There are terms of this version, or from this instant, already.",
    ),
    "throttled": Kind(
        429,
        "Too many requests",
        "Wait for `Retry-After` seconds.",
    ),
    "too_large": Kind(
        413,
        "Too large",
        "JSON may have 2 MB; files have their own limit.",
    ),
    "too_late": Kind(
        409,
        "Too late",
        "The time to answer is over; support decides now.",
    ),
    "too_many_credits": Kind(
        409,
        "Too many credits",
        "A wallet holds at most 9007199254740991.",
    ),
    "too_many_guesses": Kind(
        429,
        "Too many guesses",
        "Wrong codes in a row. Wait for `Retry-After` seconds.",
    ),
    "too_many_keys": Kind(
        409,
        "Too many keys",
        "Revoke a key that is not used any more.",
    ),
    "too_many_look_ups": Kind(
        429,
        "Too many look-ups",
        "Wait for `Retry-After` seconds.",
    ),
    "too_many_waiting": Kind(
        409,
        "Too many waiting",
        "Too many letters are unanswered; remove some first.",
    ),
    "unavailable": Kind(
        503,
        "Not available right now",
        "The database was away: it may have happened. Ask again with the same key after `Retry-After`.",
    ),
    "unknown_invoice": Kind(
        404,
        "Unknown invoice",
        "No invoice of this number has an item of this publisher.",
    ),
    "unsupported_media_type": Kind(
        415,
        "Unsupported media type",
        "Send `application/json`, or a form with files.",
    ),
    "wrong_state": Kind(
        409,
        "Not now",
        "The act does not fit the state of the case.",
    ),
}
