"""What Lighthouse says of the site's pages, on a phone.

    python -m tests.benchmarks.lighthouse [TIMES]

Serves the demo on this machine and has Lighthouse 12 look at its front page, a story, a section,
the giving page and the search in Debian's Chromium: five times each, unless TIMES says otherwise.
Prints the median of each score, and what a page costs a reader: bytes without pictures, bytes of
script, requests to others, cookies, shift of the layout. Exit code 1 where a page falls short.
Needs Node 18 or newer and /usr/bin/chromium.
"""

import http.client
import json
import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import urlopen

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
LIGHTHOUSE = HERE / "node_modules/.bin/lighthouse"
CHROMIUM = "/usr/bin/chromium"
TIMES = 5

LEAST = {"performance": 99, "accessibility": 100, "best-practices": 100, "seo": 100}
MOST_BYTES, MOST_SCRIPT_BYTES = 60_000, 10_000  # Of a story's page; pictures are not in the first.
PICTURE_TYPES = {"Image", "Media"}


@dataclass(frozen=True)
class Look:
    """One run over one page: scores from 0 to 100, and what the page cost."""

    scores: dict[str, int]
    bytes_but_pictures: int
    script_bytes: int
    foreign_requests: list[str]
    layout_shift: float


@contextmanager
def demo_site() -> Iterator[str]:
    """The address of a demo of its own, which is gone afterwards."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    folder = tempfile.mkdtemp(prefix="lighthouse-")
    environment = os.environ | {"DEMO": "1", "PORT": str(port), "DATA_DIR": folder}
    for name in ("DATABASE_URL", "SITE_URL", "HOST"):
        environment.pop(name, None)
    demo = subprocess.Popen(
        [sys.executable, "manage.py", "demo"],
        cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        address = f"http://127.0.0.1:{port}"
        _wait_for(demo, address)
        yield address
    finally:
        demo.terminate()
        demo.wait(timeout=30)
        shutil.rmtree(folder, ignore_errors=True)


def _wait_for(demo: subprocess.Popen[bytes], address: str) -> None:
    for _second in range(240):
        if demo.poll() is not None:
            sys.exit("The demo did not start; `make demo` says why.")
        try:
            with urlopen(f"{address}/healthz", timeout=2):
                return
        except OSError:
            time.sleep(1)
    sys.exit("The demo did not answer within four minutes.")


def pages_of(address: str) -> dict[str, str]:
    """The paths to look at, by name; a story and its section as the front page leads to them."""
    with urlopen(address, timeout=10) as front:
        html = front.read().decode()
    story = re.search(r'<h3><a href="(/\d{4}/[^"]+-a\d+)"', html)
    section = re.search(r'<nav class="sections".*?href="(/[a-z-]+)"', html, re.DOTALL)
    if story is None or section is None:
        sys.exit("The front page of the demo leads to no story or no section.")
    return {
        "front page": "/",
        "article": story[1],
        "section": section[1],
        "contribute": "/contribute",
        "search": "/search?q=water",
    }


def look_at(url: str) -> Look:
    """One run of Lighthouse, with its own settings for a phone on a slow line.

    A browser that did not record what it did is asked again, twice at most.
    """
    for _attempt in range(2):
        try:
            return _looked_at(url)
        except subprocess.CalledProcessError:
            continue
    return _looked_at(url)


def _looked_at(url: str) -> Look:
    with tempfile.TemporaryDirectory(prefix="lighthouse-") as folder:
        report = Path(folder) / "report.json"
        subprocess.run(
            [
                LIGHTHOUSE, url, "--quiet", "--output=json", f"--output-path={report}",
                "--only-categories=" + ",".join(LEAST),
                "--chrome-flags=--headless=new --no-sandbox --disable-dev-shm-usage",
            ],
            check=True, cwd=folder, env=os.environ | {"CHROME_PATH": CHROMIUM},
            stdout=subprocess.DEVNULL,
        )  # fmt: skip
        result = json.loads(report.read_text())
    return _look_in(result, urlsplit(url).netloc)


def _look_in(result: dict[str, Any], host: str) -> Look:
    requests = result["audits"]["network-requests"]["details"]["items"]
    return Look(
        scores={name: round(100 * result["categories"][name]["score"]) for name in LEAST},
        bytes_but_pictures=sum(
            item["transferSize"]
            for item in requests
            if item.get("resourceType") not in PICTURE_TYPES
        ),
        script_bytes=sum(
            item["resourceSize"] for item in requests if item.get("resourceType") == "Script"
        ),
        foreign_requests=[
            item["url"]
            for item in requests
            if urlsplit(item["url"]).scheme != "data" and urlsplit(item["url"]).netloc != host
        ],
        layout_shift=result["audits"]["cumulative-layout-shift"]["numericValue"],
    )


def cookies_of(address: str, path: str) -> list[str]:
    """What the page asks a browser to keep."""
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=10)
    connection.request("GET", path)
    return connection.getresponse().headers.get_all("Set-Cookie") or []


def shortcomings(name: str, looks: list[Look], cookies: list[str]) -> list[str]:
    """What is not as it must be, in words; scores are the medians of the runs."""
    found = []
    for category, least in LEAST.items():
        if (name, category) == ("search", "seo"):
            continue  # It asks search engines to leave it out, which costs points.
        score = statistics.median(look.scores[category] for look in looks)
        if score < least:
            found.append(f"{category} is {score:.0f}, not {least}")
    if name == "article":
        if max(look.bytes_but_pictures for look in looks) > MOST_BYTES:
            found.append(f"more than {MOST_BYTES:,} bytes besides pictures")
        if max(look.script_bytes for look in looks) > MOST_SCRIPT_BYTES:
            found.append(f"more than {MOST_SCRIPT_BYTES:,} bytes of script")
    found += [
        f"asks {url}" for url in sorted({url for look in looks for url in look.foreign_requests})
    ]
    found += ["sets a cookie" for _cookie in cookies[:1]]
    if max(look.layout_shift for look in looks) > 0:
        found.append("its layout shifts")
    return found


def main(times: int) -> int:
    print(f"Lighthouse, median of {times}", flush=True)
    problems = 0
    with demo_site() as address:
        for name, path in pages_of(address).items():
            looks = [look_at(f"{address}{path}") for _time in range(times)]
            scores = [
                f"{statistics.median(look.scores[category] for look in looks):>3.0f} {category}"
                for category in LEAST
            ]
            last = looks[-1]
            print(
                f"  {name:<11} {', '.join(scores)}; {last.bytes_but_pictures:,} bytes besides"
                f" pictures, {last.script_bytes:,} of script, shift {last.layout_shift:.3f}"
            )
            for shortcoming in shortcomings(name, looks, cookies_of(address, path)):
                problems += 1
                print(f"    {shortcoming}")
            sys.stdout.flush()
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else TIMES))
