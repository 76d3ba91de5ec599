"""The store's own settings, plus one empty view, with the collected static files out of the way."""

import os
from pathlib import Path

from config.settings import *  # noqa: F403 - all of them

ROOT_URLCONF = "bench.urls"
STATIC_ROOT = Path(os.environ["BENCH_STATIC"])
