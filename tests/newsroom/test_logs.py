"""What a line of the log says, and what it leaves out."""

import logging
import sys
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.db import IntegrityError, connection

from newsroom.logs import DiscreetFormatter, DiscreetGunicorn, WithoutTokens

WORD = "@".join(["ida", "example.org"])  # A traceback quotes the lines of the code.


def record_of(message, *args, **extra):
    record = logging.LogRecord("any", logging.ERROR, __file__, 1, message, args, sys.exc_info())
    record.__dict__ |= extra
    return record


def written(record):
    return DiscreetFormatter("{message}", style="{").format(record)


def test_an_exception_is_told_by_its_class_and_place():
    def fails():
        raise ValueError(WORD)

    try:
        try:
            fails()
        except ValueError as error:
            raise RuntimeError(WORD) from error
    except RuntimeError:
        line = written(record_of("it failed"))

    assert WORD not in line
    assert line.index("in fails") < line.index("builtins.ValueError")
    assert line.endswith("builtins.RuntimeError")


@pytest.mark.django_db
def test_of_the_database_the_constraint_is_told_and_not_the_row():
    query = "INSERT INTO donations_supporter (email, name, language) VALUES (%s, NULL, '')"
    try:
        with connection.cursor() as cursor:
            cursor.execute(query, [WORD])
    except IntegrityError as error:
        message, line = str(error), written(record_of("it failed"))

    assert WORD in message
    assert "NotNullViolation 23502" in line
    assert WORD not in line


@pytest.mark.parametrize(
    ("match", "said"),
    [(SimpleNamespace(route="<slug:slug>-a<int:number>"), "/<slug:slug>-a<int:number>"),
     (None, "no page of ours")],
)  # fmt: skip
def test_a_page_is_named_by_its_route(match, said):
    request = SimpleNamespace(path="/harbour-a7", resolver_match=match)

    line = written(record_of("%s: %s", "Gone", "/harbour-a7", request=request))
    assert line == f"Gone: {said}"


@pytest.mark.parametrize(
    ("message", "args", "said"),
    [
        ("Invalid request from ip=198.51.100.7: GET /?a", (), "Invalid request"),
        ("Error handling request %s %s", ("GET", "/?a"), "Error handling a request"),
        ("Worker %s", (7,), "Worker 7"),
    ],
)
def test_gunicorn_does_not_say_what_was_sent(message, args, said):
    record = record_of(message, *args)

    assert DiscreetGunicorn().filter(record)
    assert record.getMessage() == said


@pytest.mark.parametrize("path", ["/preview/a:b:c", "/nl/preview/a:b:c/media/7"])
def test_the_access_log_does_not_open_shared_previews(path):
    record = record_of("%(m)s %(U)s %(s)s", {"m": "GET", "U": path, "s": "200"})

    assert WithoutTokens().filter(record)
    assert record.getMessage() == f"GET {path.replace('a:b:c', '…')} 200"


def test_gunicorn_leaves_tokens_out_of_its_access_log():
    from newsroom import gunicorn_conf

    filters = logging.getLogger("gunicorn.access").filters
    assert gunicorn_conf.accesslog is None
    assert [type(each) for each in filters] == [WithoutTokens]


def test_nobody_is_mailed_what_somebody_typed():
    assert settings.ADMINS == []
    handlers = {type(handler).__name__ for handler in logging.getLogger("django").handlers}
    assert "AdminEmailHandler" not in handlers
    assert settings.LOGGING["loggers"]["django"]["handlers"] == []
