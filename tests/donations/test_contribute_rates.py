"""Whose checkouts are counted together, and what is kept of an address."""

import re

import pytest
from django.test import RequestFactory

from donations import rates
from donations.models import Attempt
from newsroom.environment import Environment, SettingError
from tests.donations.giving import send


def request_from(address, forwarded=""):
    return RequestFactory().get("/", REMOTE_ADDR=address, headers={"x-forwarded-for": forwarded})


@pytest.fixture
def trust(settings, monkeypatch):
    def names(text):
        monkeypatch.setenv("TRUSTED_PROXIES", text)
        settings.TRUSTED_PROXIES = Environment().networks("TRUSTED_PROXIES")

    return names


@pytest.mark.parametrize(
    ("trusted", "forwarded", "sender"),
    [
        ("", "198.51.100.7", "127.0.0.1"),
        ("127.0.0.1", "198.51.100.7", "198.51.100.7"),
        ("127.0.0.1", "1.2.3.4, 198.51.100.7", "198.51.100.7"),
        ("127.0.0.0/8,10.0.0.0/8", "1.2.3.4, 198.51.100.7, 10.1.1.1", "198.51.100.7"),
        ("127.0.0.1", "nonsense", "127.0.0.1"),
        ("127.0.0.1", "", "127.0.0.1"),
        ("127.0.0.1", "2001:db8::1", "2001:db8::1"),
        ("10.0.0.0/8", "198.51.100.7", "127.0.0.1"),
    ],
)
def test_only_trusted_proxies_are_believed(trust, trusted, forwarded, sender):
    trust(trusted)

    assert str(rates.sender_of(request_from("127.0.0.1", forwarded))) == sender


def test_behind_a_unix_socket_the_proxy_is_this_machine(trust):
    trust("127.0.0.1")
    assert str(rates.sender_of(request_from("", "1.2.3.4, 198.51.100.7"))) == "198.51.100.7"

    trust("10.0.0.0/8")
    assert str(rates.sender_of(request_from("", "198.51.100.7"))) == "127.0.0.1"


@pytest.mark.parametrize("value", ["proxy.example", "10.0.0.1/8", "1.2.3"])
def test_a_proxy_that_is_no_address_stops_the_start(trust, value):
    with pytest.raises(SettingError, match=r"TRUSTED_PROXIES .* Set it to"):
        trust(value)


def test_one_connection_cannot_pose_as_many():
    def hashed(address):
        return rates.hash_of(request_from(address))

    assert hashed("2001:db8:0:1::1") == hashed("2001:db8:0:1:ffff::2")
    assert hashed("2001:db8:0:1::1") != hashed("2001:db8:0:2::1")
    assert hashed("::ffff:198.51.100.7") == hashed("198.51.100.7")
    assert hashed("198.51.100.7") != hashed("198.51.100.8")


def test_a_hash_is_of_its_day_and_of_this_site(time_machine, settings):
    request = request_from("198.51.100.7")
    hashes = set()
    for day in ("2026-06-01", "2026-06-02"):
        time_machine.move_to(f"{day} 12:00Z")
        hashes.add(rates.hash_of(request))
    settings.SECRET_KEY = "another"
    hashes.add(rates.hash_of(request))

    assert len(hashes) == 3


@pytest.mark.django_db
def test_no_address_is_kept_and_no_hash_longer_than_it_counts(client, checkouts, time_machine):
    time_machine.move_to("2026-06-01 12:00Z", tick=False)
    client.defaults["REMOTE_ADDR"] = "198.51.100.7"
    send(client)
    assert re.fullmatch("[0-9a-f]{64}", Attempt.objects.get().address_hash)

    time_machine.shift(61)
    send(client)
    assert Attempt.objects.count() == 1
