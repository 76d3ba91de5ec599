"""Log lines as JSON, one a line, with the request's id; keys, tokens and addresses never get through."""

import json
import logging
import re
from datetime import UTC, datetime

from ground.middleware import current_request_id

ADDRESS = re.compile(r"[^\s@<>\"'=&?/]+(?:@|%40)[^\s@<>\"'&/]+\.[^\s@<>\"'&/]+")
SECRET = re.compile(
    r"(?i)((?:\bbearer\s+)|(?:(?:key|token|password|secret|signature|code|authorization)[\"']?\s*[=:]\s*[\"']?(?:bearer\s+)?))"
    r"[^\s\"'&,}]+"
)
# Links that are keys themselves: whoever has one is let in.
LINK = re.compile(r"(/(?:downloads|password|sign-up/confirm|portal/addresses)/)[^\s\"'/]+")
KEY = re.compile(r"\brc[0-9a-f]{10}_[A-Za-z0-9_-]+")


def redacted(text: str) -> str:
    for pattern, instead in (
        (ADDRESS, "[address]"),
        (SECRET, r"\1[redacted]"),
        (LINK, r"\1[redacted]"),
        (KEY, "[redacted]"),
    ):
        text = pattern.sub(instead, text)
    return text


class RequestId(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = current_request_id.get()
        return True


class Lines(logging.Formatter):
    """One JSON object a line: machines read it, and nothing that was logged can forge a second line."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "request": getattr(record, "request_id", "-"),
            "message": redacted(record.getMessage()),
        }
        if record.exc_info:
            line["trace"] = redacted(self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=False)
