"""The demo and its payment sandbox find each other."""

import socket

from newsroom import demo
from newsroom.management.commands.demo import _sandbox_port


def test_before_the_demo_has_run_nobody_answers_for_stripe(tmp_path):
    assert demo.sandbox_address(tmp_path) == demo.NO_SANDBOX


def test_the_sandbox_is_found_by_all_processes_of_the_demo(tmp_path):
    demo.keep_sandbox_address(tmp_path, "http://127.0.0.1:4321")
    assert demo.sandbox_address(tmp_path) == "http://127.0.0.1:4321"


def test_the_sandbox_keeps_its_port_while_nobody_else_has_it(settings, tmp_path):
    settings.DATA_DIR, settings.HOST = tmp_path, "127.0.0.1"
    port = _sandbox_port()
    demo.keep_sandbox_address(tmp_path, f"http://127.0.0.1:{port}")

    assert _sandbox_port() == port
    with socket.create_server(("127.0.0.1", port)):
        assert _sandbox_port() != port
