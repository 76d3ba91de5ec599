"""The parts that run inside Django: python -m bench.inside WHAT --size SIZE --manifest FILE prints its findings as JSON."""

import argparse
import json
from pathlib import Path
from typing import Any

import django
from django.conf import settings


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=PARTS)
    parser.add_argument("--size", required=True)
    parser.add_argument("--manifest", type=Path, required=True)
    wanted = parser.parse_args()
    django.setup()
    from bench.sizes import SIZES

    found = PARTS[wanted.what](SIZES[wanted.size], json.loads(wanted.manifest.read_text()))
    print(json.dumps(found))


def rows(size: Any, manifest: Any) -> dict[str, Any]:
    from django.test import Client

    from bench.acts import Acts, slopes
    from bench.pages import look_ups, pages
    from bench.people import get
    from bench.rounds import measure
    from bench.server import Server
    from bench.urls import EMPTY

    server = Server.at(settings.DATABASE_URL)
    acts = [*Acts(manifest).rows(), *look_ups(manifest, size), *pages(manifest)]
    base = measure(acts, size=size, tpcb=lambda: server.tpcb(size.transactions), view=get(Client(), EMPTY))
    return {
        "base": base,
        "rows": [row.figures() for row in acts] + [slope.figures() for slope in slopes(acts)],
    }


def buffers(size: Any, manifest: Any) -> dict[str, int]:
    from bench.acts import refund_by_service
    from bench.buffers import pages_of

    acts = map(refund_by_service, manifest["buffers"])
    return {"pages": pages_of(acts, warm_up=2, times=size.calls * 2)}


def profile(size: Any, manifest: Any) -> dict[str, Any]:
    from bench.acts import Acts, refund_by_service
    from bench.layers import profile as profiled
    from bench.layers import senders

    service = map(refund_by_service, manifest["profile"])
    api = map(Acts(manifest).refund_by_api, manifest["profile-api"])
    times = size.calls * 3
    found = {
        "service": profiled(service, warm_up=2, times=times),
        "API": profiled(api, warm_up=2, times=times),
    }
    return {**found, "senders": {"service": senders(next(service)), "API": senders(next(api))}}


def requests(size: Any, manifest: Any) -> list[dict[str, Any]]:
    """Who asks over HTTP, with a key each: whose limits so stay where they are."""
    from bench.people import key_of

    return [{"key": key_of(who["email"]), "purchases": who["purchases"]} for who in manifest["http"]]


PARTS = {"rows": rows, "buffers": buffers, "profile": profile, "requests": requests}

if __name__ == "__main__":
    main()
