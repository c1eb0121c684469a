"""How fast pages are served, beside a plain view and beside files.

    python -m tests.benchmarks.pages_speed [STORIES [STORIES …]]

Fills a database of its own up to each number of stories, by default 1,000, 10,000 and 100,000.
With 10,000, or the only number given, it measures requests per second of a story, the front page
and a theme: made anew, stored, asked for by ETag, and through nginx with the configuration of
deploy/, beside a plain view under the same middleware that returns the same bytes, and beside nginx
with the bytes as files. It prints medians of five and their ratios, then what making a page costs
at each number of stories. Exit code 1 where a ratio is worse than it must be.

Needs Debian's wrk and nginx (apt-get install wrk nginx-light).
"""

import atexit
import os
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import Request, urlopen

ROOT = Path(__file__).resolve().parents[2]
SIZES = [1_000, 10_000, 100_000]
COMPARED_AT = 10_000
TIMES = 5
SECONDS = 3
CONNECTIONS = 8
MADE = ("article", "front page", "theme")
# At least so many times the plain view, or the file.
LEAST = {
    ("article", "made"): 1 / 12,
    ("front page", "made"): 1 / 10,
    ("article", "stored"): 1.3,
    ("front page", "stored"): 1.3,
    ("theme", "stored"): 1.3,
    ("article", "known"): 1.5,
    ("front page", "known"): 1.5,
    ("theme", "known"): 1.5,
    ("article", "nginx"): 0.9,
    ("front page", "nginx"): 0.9,
    ("theme", "nginx"): 0.9,
}
LEAST_SEARCHES = 150
MOST_GROWTH = 1.2  # Of what a page costs, from the smallest archive to the largest.


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


@contextmanager
def served(folder: Path, port: int, *, stored: bool) -> Iterator[str]:
    """The address of the site on gunicorn, as it runs on a server."""
    environment = os.environ | {
        "PORT": str(port),
        "STORED_PAGES": "1" if stored else "0",
        "BARE_FOLDER": str(folder / "bare"),
        "DJANGO_SETTINGS_MODULE": "tests.benchmarks.pages_settings",
    }
    command = [sys.executable, "-m", "gunicorn", "-c", "python:newsroom.gunicorn_conf"]
    web = subprocess.Popen(command, cwd=ROOT, env=environment, start_new_session=True)
    try:
        address = f"http://127.0.0.1:{port}"
        for _tenth in range(300):
            try:
                urlopen(f"{address}/healthz", timeout=5).close()
                break
            except OSError:
                time.sleep(0.1)
        yield address
    finally:
        os.killpg(web.pid, signal.SIGTERM)
        web.wait(timeout=30)


def requests_per_second(url: str, *headers: str) -> float:
    """As many as a few readers get who ask again as soon as they are answered."""
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{SECONDS}s"]
    for header in headers:
        command += ["-H", header]
    said = subprocess.run([*command, url], check=True, capture_output=True, text=True).stdout
    if "Non-2xx" in said and not any("If-None-Match" in header for header in headers):
        sys.exit(f"{url} does not answer as it should:\n{said}")
    found = re.search(r"Requests/sec:\s+([\d.]+)", said)
    if found is None:
        sys.exit(f"wrk said nothing of use about {url}:\n{said}")
    return float(found[1])


def compare(folder: Path, paths: dict[str, str]) -> bool:
    """Print the ratios; whether each is as good as it must be."""
    port = free_port()
    with served(folder, port, stored=False) as address:
        for name, path in paths.items():
            with urlopen(f"{address}{path}", timeout=30) as page:
                bare_file(folder, name).write_bytes(page.read())
    rates: dict[tuple[str, str], list[float]] = {}
    for _round in range(TIMES):
        measure_made(folder, port, paths, rates)
        measure_stored(folder, port, paths, rates)
    median = {key: statistics.median(values) for key, values in rates.items()}
    print(f"  {'':<11}{'plain':>9}{'made':>16}{'stored':>17}{'304':>17}{'file':>10}{'nginx':>17}")
    for name in MADE:
        bare, file = median[name, "bare"], median[name, "file"]
        line = f"  {name:<11}{bare:>7,.0f}/s"
        for way in ("made", "stored", "known"):
            line += f"{median[name, way]:>8,.0f}/s {median[name, way] / bare:>5.3f}"
        line += (
            f"{file:>8,.0f}/s{median[name, 'nginx']:>9,.0f}/s {median[name, 'nginx'] / file:.3f}"
        )
        print(line)
    print(f"  search     {median['search', 'made']:>7,.0f}/s", flush=True)
    is_good = True
    for (name, way), least in LEAST.items():
        beside = median[name, "file" if way == "nginx" else "bare"]
        if median[name, way] < least * beside:
            is_good = False
            print(f"  {name}, {way}: {median[name, way] / beside:.3f}, not {least:.3f}")
    if median["search", "made"] < LEAST_SEARCHES:
        is_good = False
        print(f"  search: fewer than {LEAST_SEARCHES} a second")
    return is_good


def bare_file(folder: Path, name: str) -> Path:
    (folder / "bare").mkdir(exist_ok=True)
    return folder / "bare" / name.replace(" ", "-")


def measure_made(
    folder: Path, port: int, paths: dict[str, str], rates: dict[tuple[str, str], list[float]]
) -> None:
    """Pages made anew, and the plain view, by the same processes."""
    with served(folder, port, stored=False) as address:
        for name, path in paths.items():
            requests_per_second(f"{address}{path}")  # Whatever is loaded only once.
            rates.setdefault((name, "made"), []).append(requests_per_second(f"{address}{path}"))
        for name in MADE:
            bare = f"{address}/bare/{bare_file(folder, name).name}"
            rates.setdefault((name, "bare"), []).append(requests_per_second(bare))


def measure_stored(
    folder: Path, port: int, paths: dict[str, str], rates: dict[tuple[str, str], list[float]]
) -> None:
    """Stored pages, revalidated ones, and both kinds of answers of nginx."""
    with served(folder, port, stored=True) as address, nginx(folder, port) as front:
        for name in MADE:
            url = f"{address}{paths[name]}"
            with urlopen(url, timeout=30) as page:
                etag = page.headers["ETag"]
            for way, asked in {
                "stored": (url,),
                "known": (url, f"If-None-Match: {etag}"),
                "nginx": (f"{front}{paths[name]}",),
                "file": (f"{front}/bare-files/{bare_file(folder, name).name}",),
            }.items():
                rates.setdefault((name, way), []).append(requests_per_second(*asked))


@contextmanager
def nginx(folder: Path, port: int) -> Iterator[str]:
    """nginx as deploy/ configures it, before the site on `port`, with files beside it."""
    front = free_port()
    configuration = folder / "nginx.conf"
    configuration.write_text(nginx_configuration(folder, port, front))
    command = ["nginx", "-c", str(configuration), "-p", str(folder), "-e", "stderr"]
    server = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        address = f"http://127.0.0.1:{front}"
        for _tenth in range(100):
            try:
                urlopen(f"{address}/healthz", timeout=5).close()
                break
            except OSError:
                time.sleep(0.1)
        yield address
    finally:
        server.terminate()
        server.wait(timeout=30)


def nginx_configuration(folder: Path, port: int, front: int) -> str:
    """The shipped configuration on this machine: no TLS, no limits for one address, own folders."""
    shipped = (ROOT / "deploy/nginx.conf").read_text()
    redirecting, serving = (place.start() for place in re.finditer(r"^server \{", shipped, re.M))
    shipped = shipped[:redirecting] + shipped[serving:]
    shipped = re.sub(r"^ *(?:ssl_|limit_|listen \[).*\n", "", shipped, flags=re.M)
    for ours, here in {
        "127.0.0.1:8000": f"127.0.0.1:{port}",
        "listen 443 ssl http2": f"listen 127.0.0.1:{front}",
        "/var/cache/nginx/newsroom": str(folder / "nginx-cache"),
        "/var/log/nginx/newsroom-error.log": "/dev/null",
        "/srv/newsroom/var/static/": f"{folder}/static/",
    }.items():
        if ours not in shipped:
            sys.exit(f"deploy/nginx.conf says nothing of {ours} any more: mend {__file__}.")
        shipped = shipped.replace(ours, here)
    files = f"    location /bare-files/ {{ alias {folder}/bare/; default_type text/html; }}\n"
    shipped = shipped.replace("    location / {\n", f"{files}    location / {{\n", 1)
    return f"""
{"user root;" if os.geteuid() == 0 else ""}
daemon off;
pid {folder}/nginx.pid;
worker_processes auto;
events {{ worker_connections 1024; }}
http {{
    include /etc/nginx/mime.types;
    client_body_temp_path {folder}/nginx-body;
    proxy_temp_path {folder}/nginx-proxy;
{shipped}
}}
"""


def cost_of_a_page(folder: Path, paths: dict[str, str]) -> dict[str, float]:
    """Milliseconds it takes one connection to have each page made, as a median of five."""
    port = free_port()
    costs: dict[str, list[float]] = {}
    with served(folder, port, stored=False) as address:
        for _round in range(TIMES + 1):  # The first loads what is loaded once.
            for name in MADE:
                durations = []
                for _time in range(30):
                    started = time.perf_counter()
                    urlopen(Request(f"{address}{paths[name]}"), timeout=30).read()
                    durations.append((time.perf_counter() - started) * 1_000)
                costs.setdefault(name, []).append(statistics.median(durations))
    return {name: statistics.median(values[1:]) for name, values in costs.items()}


def pages() -> dict[str, str]:
    """What is measured, by name; a story from the middle of the archive."""
    from articles.models import Publication, Tag

    stories = Publication.objects.visible()
    middle = stories[stories.count() // 2]
    tag = Tag.objects.filter(name="Topic-7").get()
    return {
        "article": middle.get_absolute_url(),
        "front page": "/",
        "theme": tag.get_absolute_url(),
        "search": f"/search?q={middle.headline.split()[0]}",
    }


def main(sizes: list[int]) -> int:
    for program in ("wrk", "nginx"):
        if shutil.which(program) is None:
            sys.exit(f"{program} is missing: apt-get install wrk nginx-light")
    folder = Path(tempfile.mkdtemp(prefix="pages-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)  # After the database has stopped.
    folder.chmod(0o755)  # For nginx, which runs as a user of its own.
    os.environ.update(DEMO="1", DATA_DIR=str(folder), DJANGO_SETTINGS_MODULE="newsroom.settings")
    os.environ["LANGUAGES"] = "en"
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from tests.benchmarks import archive

    is_good = True
    try:
        call_command("migrate", verbosity=0)
        call_command("collectstatic", verbosity=0, interactive=False)
        compared_at = COMPARED_AT if COMPARED_AT in sizes else sizes[0]
        costs: dict[int, dict[str, float]] = {}
        for before, size in zip([0, *sizes], sizes, strict=False):
            archive.fill(before, size)
            costs[size] = cost_of_a_page(folder, pages())
            print(f"Making a page, {size:,} stories: {in_words(costs[size])}", flush=True)
            if size == compared_at:
                print(f"Requests per second, {size:,} stories")
                is_good &= compare(folder, pages())
        for name in MADE:
            all_sizes = [cost[name] for cost in costs.values()]
            if max(all_sizes) > MOST_GROWTH * min(all_sizes):
                is_good = False
                print(f"  {name}: its cost grows with the archive")
    finally:
        connection.close()
    return 0 if is_good else 1


def in_words(costs: dict[str, float]) -> str:
    return ", ".join(f"{name} {cost:.1f} ms" for name, cost in costs.items())


if __name__ == "__main__":
    sys.exit(main([int(size) for size in sys.argv[1:]] or SIZES))
