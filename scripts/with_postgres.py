"""Runs a command with DATABASE_URL naming a throw-away PostgreSQL: scripts/with_postgres.py COMMAND [ARGUMENT ...]"""

import os
import sys

import children
import postgres


def main(command: list[str]) -> int:
    if not command:
        print(__doc__, file=sys.stderr)
        return 2
    children.raise_on_signals()
    try:
        with postgres.cluster() as url:
            return children.run(command, {**os.environ, "DATABASE_URL": url})
    except postgres.NoPostgres as problem:
        print(problem, file=sys.stderr)
        return 1
    except children.Stopped as stopped:
        return stopped.exit_code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
