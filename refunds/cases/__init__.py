"""Cases: what the automatic path cannot answer, and people decide.

- `possible(case, person, side=…)` says what somebody can do now, and why not what they cannot; `do(name, …)` does it.
  What there is to do stands in `table.py`, one row an act. `why_not(name, …)` asks of one act alone.
- Opening: `open_by_customer(asking=)`, `open_publisher_request(asking=)`, `open_by_agent`. The first two answer once per
  key; the outcome is the Case, or CaseOpen.
- `strike` strikes downloads, which may settle a case; `escalate_cases` is the clock's turn.
- To look at: `lines` (the time line as one side sees it), `visible_attachments`, `standing` and `suggestion` (what a
  decision is measured by).
- Files come as `Upload(name=, content=)`, which `received(request.FILES.getlist(…))` makes; they are told by their
  first bytes.
"""

from refunds.cases.acts import do, possible, why_not
from refunds.cases.attachments import Upload, received
from refunds.cases.escalation import escalate_cases
from refunds.cases.requests import open_by_agent, open_by_customer, open_publisher_request
from refunds.cases.rulings import rule, suggestion
from refunds.cases.standings import standing
from refunds.cases.strikes import strike
from refunds.cases.timeline import Line, lines, visible_attachments

__all__ = [
    "Line",
    "Upload",
    "do",
    "escalate_cases",
    "lines",
    "open_by_agent",
    "open_by_customer",
    "open_publisher_request",
    "possible",
    "received",
    "rule",
    "standing",
    "strike",
    "suggestion",
    "visible_attachments",
    "why_not",
]
