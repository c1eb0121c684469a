"""The sandbox as a web server: the API under /v1/, pages for a browser everywhere else."""

import json
import secrets
import socket
import sys
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

from . import api, pages, spec
from .errors import ApiError
from .events import Courier
from .faults import Faults
from .store import Store

MAXIMUM_BODY_BYTES = 1_000_000
PAGE_HEADERS = {
    "Content-Type": "text/html; charset=utf-8",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
}


@dataclass
class Sandbox:
    """A stand-in for one account at Stripe, which takes one key."""

    store: Store
    key: str
    courier: Courier | None = None  # None leaves the events to whoever reads the store.
    faults: Faults = field(default_factory=Faults)


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], sandbox: Sandbox) -> None:
        host = f"[{address[0]}]" if ":" in address[0] else address[0]
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        super().__init__(address, Handler)
        self.sandbox = sandbox
        if not sandbox.store.base_url:
            sandbox.store.base_url = f"http://{host}:{self.server_port}"

    def handle_error(self, request: object, client_address: object) -> None:
        """A browser or client that has gone away is no news."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]

    def start(self) -> None:
        """Serve on a thread until `stop`."""
        threading.Thread(target=self.serve_forever, args=[0.05], daemon=True).start()
        if self.sandbox.courier:
            self.sandbox.courier.start()

    def stop(self) -> None:
        """End; whoever hangs is let go."""
        self.sandbox.faults.end()
        self.shutdown()
        self.server_close()
        if self.sandbox.courier:
            self.sandbox.courier.stop()


class Handler(BaseHTTPRequestHandler):
    server: Server
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # Head and body in one piece.
    timeout = 60

    def do_GET(self) -> None:
        self._respond()

    def do_POST(self) -> None:
        self._respond()

    def do_DELETE(self) -> None:
        self._respond()

    def _respond(self) -> None:
        address = urlsplit(self.path)
        length = int(self.headers.get("Content-Length") or 0)
        if length > MAXIMUM_BODY_BYTES:
            self.close_connection = True
            self._send(413, "{}", {"Content-Type": "application/json"})
            return
        body = self.rfile.read(length).decode(errors="replace")
        pairs = [*_pairs(address.query), *_pairs(body)]
        if address.path.startswith("/v1/"):
            self._answer_call(address.path, pairs)
        else:
            self._answer_browser(address.path, dict(pairs))
        if self.server.sandbox.courier:
            self.server.sandbox.courier.wake()

    def _answer_call(self, path: str, pairs: list[tuple[str, str]]) -> None:
        sandbox = self.server.sandbox
        fault = sandbox.faults.take(path)
        try:
            self._check_access()
            if fault and fault.kind == "hang":
                sandbox.faults.wait(fault.seconds)
                self.close_connection = True
                return
            if fault and fault.kind in {"error", "busy"}:
                raise _failure(fault.kind)
            key = self.headers.get("Idempotency-Key") or ""
            status, text = api.answer(sandbox.store, self.command, path, pairs, key)
        except ApiError as refusal:
            status, text = refusal.status, json.dumps(refusal.body())
        if fault and fault.kind == "lost":
            self.close_connection = True
            return
        headers = {"Content-Type": "application/json", "Stripe-Version": spec.version()}
        self._send(status, text, headers | {"Request-Id": f"req_{secrets.token_hex(7)}"})

    def _check_access(self) -> None:
        given = self.headers.get("Authorization") or ""
        if not secrets.compare_digest(given.encode(), f"Bearer {self.server.sandbox.key}".encode()):
            raise ApiError("Invalid API Key provided.", status=401)
        version = self.headers.get("Stripe-Version") or spec.version()
        if version != spec.version():
            raise ApiError(f"This stand-in speaks version {spec.version()} only.")

    def _answer_browser(self, path: str, form: dict[str, str]) -> None:
        store, faults = self.server.sandbox.store, self.server.sandbox.faults
        with store.lock:
            try:
                if self.command == "GET":
                    page = pages.show(store, path, form)
                else:
                    page = pages.press(store, faults, path, form)
            except ApiError as refusal:
                page = pages.refused(refusal)
            store.save()
        headers = PAGE_HEADERS | ({"Location": page.location} if page.location else {})
        self._send(page.status, page.html, headers)

    def _send(self, status: int, text: str, headers: dict[str, str]) -> None:
        body = text.encode()
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def version_string(self) -> str:
        return "Sandbox"

    def log_message(self, format: str, *args: object) -> None:
        """Who calls what is written nowhere."""


def _pairs(text: str) -> list[tuple[str, str]]:
    return parse_qsl(text, keep_blank_values=True)


def _failure(kind: str) -> ApiError:
    if kind == "busy":
        return ApiError("Too many requests.", status=429, code="rate_limit", kind="api_error")
    return ApiError("An unknown error occurred.", status=500, kind="api_error")
