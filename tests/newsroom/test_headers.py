"""Headers of the answers that are not for readers, and what readers' browsers cannot change."""

import pytest

from tests.factories import make_publication

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("method", "path", "host"),
    [
        ("get", "/admin/", "testserver"),
        ("get", "/admin/login/", "testserver"),
        ("get", "/readyz", "testserver"),
        ("get", "/media/nothing.jpeg", "testserver"),
        ("post", "/", "testserver"),
        ("get", "/", "elsewhere.example"),
    ],
)
def test_they_carry_the_headers_of_every_page(client, method, path, host):
    answer = getattr(client, method)(path, headers={"host": host})

    policy = answer["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "form-action 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"
    assert "camera=()" in answer["Permissions-Policy"]


def test_accept_language_changes_nothing(client):
    make_publication()

    for path in ["/", "/nothing-here"]:
        english = client.get(path)
        asked_for_russian = client.get(path, headers={"accept-language": "ru"})
        assert english.content == asked_for_russian.content
        assert asked_for_russian["Content-Language"] == "en"
