"""A process that refunds purchases one after the other and says each answer aloud once it has it, until it is killed."""

import os
import sys

import django

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()

    from tests.faults.asking import refund_with_its_key

    for number in sys.argv[1:]:
        answer = refund_with_its_key(number)
        sys.stdout.write(f"{number} {answer.status} {answer.body}\n")
        sys.stdout.flush()
