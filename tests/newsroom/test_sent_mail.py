"""The page of mail that a demo sent to nobody, and where mail goes outside it."""

import os

import pytest
from django.core.mail import EmailMultiAlternatives

from newsroom.environment import Environment, SettingError

FILES = "django.core.mail.backends.filebased.EmailBackend"


@pytest.fixture
def mailbox(settings, tmp_path):
    settings.EMAIL_BACKEND = FILES
    settings.EMAIL_FILE_PATH = tmp_path / "mail"


def send(subject: str, body: str) -> None:
    message = EmailMultiAlternatives(subject, body, "Outlet <o@example.org>", ["r@example.org"])
    message.attach_alternative("<p>HTML</p>", "text/html")
    message.send()


@pytest.mark.django_db
def test_the_newest_mail_comes_first_with_links_to_follow(client, mailbox, settings):
    send("First", "<b>plain</b>")
    for path in settings.EMAIL_FILE_PATH.iterdir():
        os.utime(path, (0, 0))
    send("Second: Grüße", "Go on: http://testserver/contribute/manage/abc")

    page = client.get("/demo/mail").content.decode()

    assert page.index("Second: Grüße") < page.index("First")
    assert 'href="http://testserver/contribute/manage/abc"' in page
    assert "&lt;b&gt;plain&lt;/b&gt;" in page
    assert "r@example.org" in page


@pytest.mark.django_db
def test_without_mail_the_page_says_so(client, mailbox):
    assert "No mail has been sent yet." in client.get("/demo/mail").content.decode()


@pytest.mark.django_db
def test_outside_the_demo_there_is_no_such_page(client, mailbox, settings):
    send("First", "Text")
    settings.DEMO = False

    assert client.get("/demo/mail").status_code == 404


@pytest.mark.parametrize(
    ("address", "host", "is_tls"),
    [("smtp+tls://me:word@mail.example:587", "mail.example", True), ("", "localhost", False)],
)
def test_a_mail_server_is_read_from_the_environment(monkeypatch, address, host, is_tls):
    monkeypatch.setenv("EMAIL_URL", address)
    server = Environment().mail_server("EMAIL_URL", default="smtp://localhost:25")

    assert (server["EMAIL_HOST"], server.get("EMAIL_USE_TLS", False)) == (host, is_tls)


def test_an_unreadable_mail_server_is_refused_without_its_password(monkeypatch):
    monkeypatch.setenv("EMAIL_URL", "snail://me:secret@mail.example")

    with pytest.raises(SettingError, match="EMAIL_URL cannot be read") as refusal:
        Environment().mail_server("EMAIL_URL", default="")
    assert "secret" not in str(refusal.value)
