"""Through which door somebody came, as it is stored with what they did."""

from enum import StrEnum


class Door(StrEnum):
    PAGE = "page"
    PORTAL = "portal"
    DESK = "desk"
    API = "api"
    STORE = "store"  # another shop, through the store API
    CLOCK = "clock"  # nobody came: it was due
    VERIFY_JSON = "verify.json"
    FILE = "file"  # a store file
