"""Log lines as JSON, one a line, with the request's id; keys, tokens and addresses never get through."""

import json
import logging
import re
from datetime import UTC, datetime

from accounts.middleware import current_request_id

ADDRESS = re.compile(r"[^\s@<>\"'=&?/]+(?:@|%40)[^\s@<>\"'&/]+\.[^\s@<>\"'&/]+")
SECRET = re.compile(
    r"(?i)((?:\bbearer\s+)|(?:(?:key|token|password|secret|signature|code|authorization)[\"']?\s*[=:]\s*[\"']?(?:bearer\s+)?))"
    r"[^\s\"'&,}]+"
)


def redacted(text: str) -> str:
    return SECRET.sub(r"\1[redacted]", ADDRESS.sub("[address]", text))


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
