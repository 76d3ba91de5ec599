"""Reading invoice numbers out of a file that somebody attached: a hint, never proof, and never worth a hung page.

The file is opened by a process of its own, which has so much memory and so much time and is then ended: a PDF may be
written to make its reader work for ever.
"""

import subprocess
import sys
from pathlib import Path

from storefront.numbers import numbers_in

READER = Path(__file__).with_name("pdf_text.py")
LARGEST_BYTES = 10_000_000
SECONDS = 5
PDF_MAGIC = b"%PDF-"


def read_numbers(content: bytes) -> list[str]:
    """Every invoice number that the PDF names, each once, in the order of its pages. None for what is no PDF."""
    if len(content) > LARGEST_BYTES or not content.startswith(PDF_MAGIC):
        return []
    try:
        # Isolated (-I): nothing of this process, its folder or its environment is looked at by the child.
        child = subprocess.run(  # noqa: S603 -- our own interpreter and our own file; the PDF goes in as its input
            [sys.executable, "-I", str(READER), str(SECONDS)],
            input=content,
            capture_output=True,
            timeout=2 * SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return []
    return numbers_in(child.stdout.decode("utf-8", "replace"))
