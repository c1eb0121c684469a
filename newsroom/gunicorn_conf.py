"""How gunicorn serves the site, in the demo and on a server.

    gunicorn -c python:newsroom.gunicorn_conf

Its command line may say otherwise, the number of workers for instance.
"""

import logging
import sys

from gunicorn.http import wsgi

from newsroom.environment import SettingError
from newsroom.logs import DiscreetGunicorn, WithoutTokens

try:
    # Here, so that a bad setting stops gunicorn at once.
    from newsroom.settings import HOST, PORT, WEB_THREADS
except SettingError as problem:
    sys.exit(str(problem))

wsgi_app = "newsroom.wsgi"
bind = f"[{HOST}]:{PORT}" if ":" in HOST else f"{HOST}:{PORT}"
worker_class = "gthread"
workers = 2
threads = WEB_THREADS
graceful_timeout = 5
forwarder_headers = ""  # By SCRIPT_NAME, a reader could have one page stored as another.
control_socket_disable = True  # It would lie in the home folder.
accesslog = None  # Who reads what is nobody's business.
access_log_format = "%(t)s %(m)s %(U)s %(s)s %(B)s"  # If somebody asks for one: no query, nobody.
loglevel = "warning"
logging.getLogger("gunicorn.error").addFilter(DiscreetGunicorn())
logging.getLogger("gunicorn.access").addFilter(WithoutTokens())

_default_headers = wsgi.Response.default_headers


def _headers_without_server(response: wsgi.Response) -> list[str]:
    return [line for line in _default_headers(response) if not line.startswith("Server:")]


wsgi.Response.default_headers = _headers_without_server
