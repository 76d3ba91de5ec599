"""Makes the store that is kept here, twice: on SQLite and on PostgreSQL.

    .venv/bin/python -m tests.data.make_store_before

It was run with the code before credits, purchases and refunds were written anew, and what it made is the judge of all code
since. To make it again, run it in a checkout of the commit that made it: the same code makes the same store.
"""

import gzip
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from random import Random
from typing import Any

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
SEED = 20261121
# The story's machines ask more often than machines may, and nothing of this computer goes into the store.
SETTINGS = {
    "DJANGO_SETTINGS_MODULE": "config.settings",
    "DEBUG": "",
    "SECRET_KEY": "the-key-of-a-store-that-is-kept-as-test-data-and-guards-nothing",
    "ALLOWED_HOSTS": "testserver",
    "PUBLIC_URL": "http://store.example",
    "EMAIL_URL": "dummymail://",
    "CACHE_URL": "locmemcache://",
    "LIMIT_API_KEY": "1000000/s",
    "LIMIT_API_ADDRESS": "1000000/s",
    "PYTHONHASHSEED": "0",
}
# What newer versions of pg_dump write and older servers do not know.
ONLY_SOME_KNOW = re.compile(
    r"^(\\(un)?restrict .*|SET transaction_timeout = 0;|-- Dumped .*)\n", re.MULTILINE
)


def main() -> None:
    sys.path.insert(0, str(ROOT / "scripts"))
    import postgres

    with tempfile.TemporaryDirectory() as folder, postgres.cluster() as server:
        told = _make(f"sqlite:///{folder}/made.sqlite3", Path(folder, "on-sqlite"))
        other = _make(server, Path(folder, "on-postgresql"))
        assert told == other, "the store differs from one database to the other"
        packed = Path(folder, "packed.sqlite3")
        _sql(Path(folder, "made.sqlite3"), f"VACUUM INTO '{packed}'")
        rows = subprocess.run(_pg_dump(postgres.find_programs(), server), capture_output=True, check=True)
        _keep("store-before.sqlite3.gz", packed.read_bytes())
        _keep("store-before.sql.gz", ONLY_SOME_KNOW.sub("", rows.stdout.decode()).encode())
        _keep("store-before.jsonl.gz", told.pop("dump"))
        told |= _gone_on(f"sqlite:///{packed}")
        assert told == {**told, **_gone_on(server)}, "a day more differs from one database to the other"
    (HERE / "store-before.json").write_text(
        json.dumps(told, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    )


def _make(database: str, out: Path) -> dict[str, Any]:
    """Played by a process of its own: the dump, and what store and database hold."""
    _run(database, "-m", "tests.data.make_store_before", "--play", str(out))
    return {
        "dump": out.with_suffix(".jsonl").read_bytes(),
        **json.loads(out.with_suffix(".json").read_bytes()),
    }


def _gone_on(database: str) -> dict[str, Any]:
    """What a day more makes of it, as the tests will see it."""
    asked = "from tests.storefile.going_on import main; main()"
    found = json.loads(_run(database, "manage.py", "shell", "--no-imports", "-c", asked))
    assert found["proof"]["findings"] == found["proof_after"]["findings"] == []
    assert not found.pop("heads_after")
    return found


def _run(database: str, *command: str) -> bytes:
    env = {**os.environ, **SETTINGS, "DATABASE_URL": database}
    return subprocess.run(
        [sys.executable, *command], cwd=ROOT, env=env, check=True, stdout=subprocess.PIPE
    ).stdout


def _pg_dump(programs: Path, server: str) -> list[str]:
    how = ["--inserts", "--rows-per-insert=100", "--no-owner", "--no-privileges"]
    return [str(programs / "pg_dump"), *how, f"--dbname={server}"]


def _sql(database: Path, statement: str) -> None:
    import sqlite3

    connection = sqlite3.connect(database, isolation_level=None)
    connection.execute(statement)
    connection.close()


def _keep(name: str, content: bytes) -> None:
    (HERE / name).write_bytes(gzip.compress(content, 9, mtime=0))


def play(out: Path) -> None:
    """In the process that has the database: the whole story, then the dump and the figures."""
    import logging

    import django

    django.setup()
    logging.disable(logging.CRITICAL)
    from django.core.management import call_command

    from doors.storefile.moving_out.store import dump
    from tests.data.store_before.acts import World
    from tests.data.store_before.clock import Clock, held
    from tests.data.store_before.scenes import all_scenes
    from tests.data.store_before.story import DAYS, Story, before
    from tests.storefile import store_figures

    clock = Clock(before(DAYS + 1))
    with held(clock, SEED):
        call_command("migrate", verbosity=0)
        story = Story(clock)
        story.tell(*all_scenes(World(story, Random(SEED))))
        story.play()
        with out.with_suffix(".jsonl").open("wb") as stream:
            dump(stream)
        found = store_figures.everything()
    out.with_suffix(".json").write_text(json.dumps(found, ensure_ascii=False))


if __name__ == "__main__":
    play(Path(sys.argv[2])) if "--play" in sys.argv else main()
