"""How gunicorn is told to serve."""

from types import SimpleNamespace

from gunicorn.http import wsgi

from newsroom import gunicorn_conf


def test_answers_do_not_name_the_server():
    request = SimpleNamespace(version=(1, 1), should_close=lambda: True, headers=[])
    response = wsgi.Response(request, sock=None, cfg=SimpleNamespace(is_ssl=False))

    assert any(line.startswith("Server:") for line in gunicorn_conf._default_headers(response))
    assert not any(line.startswith("Server:") for line in response.default_headers())
