"""How the web server works, reads addresses, and writes its access log."""

from typing import Any

from gunicorn.glogging import Logger

from ground.logs import redacted

worker_class = "gthread"
# Far more than `config/wsgi.py` lets into the store at once: whoever waits for room there must not keep /healthz waiting.
threads = 64

# Tools that verify invoices send their numbers in the address, some of them hundreds at once: those after the fiftieth
# are left out, as the format promises, and not the whole question. It is the most that this server reads.
limit_request_line = 8190


class Redacting(Logger):
    """When there is a log at all: a request's path without its query, and without what is a key in it. Those tools send
    their key there, and letters lead to links that are keys themselves."""

    def atoms(self, *request: Any) -> dict[str, Any]:
        atoms: dict[str, Any] = super().atoms(*request)
        return {**atoms, "U": redacted(atoms["U"] or "")}


logger_class = Redacting
access_log_format = '%(h)s %(t)s "%(m)s %(U)s" %(s)s %(B)s %(M)sms'
