"""What Stripe would refuse, the sandbox refuses; every answer has the shape Stripe gives it."""

import pytest

from donations.sandbox import spec

PAYMENT = {
    "mode": "payment",
    "success_url": "http://testserver/thanks",
    "line_items[0][quantity]": "1",
    "line_items[0][price_data][currency]": "eur",
    "line_items[0][price_data][unit_amount]": "1000",
    "line_items[0][price_data][product_data][name]": "A gift",
}
SESSIONS = "/v1/checkout/sessions"


def without(name: str) -> dict[str, str]:
    return {key: value for key, value in PAYMENT.items() if key != name}


@pytest.mark.parametrize(
    ("form", "code", "param"),
    [
        (PAYMENT | {"colour": "blue"}, "parameter_unknown", "colour"),
        (
            PAYMENT | {"line_items[0][price_data][amount]": "1"},
            "parameter_unknown",
            "line_items[0][price_data][amount]",
        ),
        (
            PAYMENT | {"payment_method_types[0]": "card"},
            "parameter_unknown",
            "payment_method_types",
        ),
        (PAYMENT | {"mode": "gift"}, None, "mode"),
        (PAYMENT | {"ui_mode": "hosted"}, None, "ui_mode"),
        (PAYMENT | {"submit_type": "give"}, None, "submit_type"),
        (PAYMENT | {"locale": "xx"}, None, "locale"),
        (without("mode"), "parameter_missing", "mode"),
        (without("success_url"), "parameter_missing", "success_url"),
        (
            without("line_items[0][price_data][currency]"),
            "parameter_missing",
            "line_items[0][price_data][currency]",
        ),
        (
            PAYMENT | {"line_items[0][price_data][unit_amount]": "10.00"},
            "parameter_invalid_integer",
            "line_items[0][price_data][unit_amount]",
        ),
        (PAYMENT | {"line_items": "many"}, None, "line_items"),
        (PAYMENT | {"cancel_url": ""}, "parameter_invalid_empty", "cancel_url"),
        (PAYMENT | {"success_url": "/thanks"}, "url_invalid", "success_url"),
        (PAYMENT | {"customer_email": "nobody"}, "email_invalid", "customer_email"),
        (PAYMENT | {"customer": "cus_none"}, "resource_missing", "customer"),
        (PAYMENT | {"line_items[0][price_data][unit_amount]": "49"}, "amount_too_small", None),
        (
            PAYMENT | {"line_items[0][price_data][unit_amount]": "100000000"},
            "amount_too_large",
            None,
        ),
        (PAYMENT | {"subscription_data[description]": "x"}, None, "subscription_data"),
        (PAYMENT | {"line_items[0][price_data][recurring][interval]": "month"}, None, "mode"),
        (PAYMENT | {"mode": "subscription"}, None, "mode"),
        (PAYMENT | {"metadata[" + "k" * 41 + "]": "x"}, None, "metadata[" + "k" * 41 + "]"),
        (PAYMENT | {"metadata[k]": "x" * 501}, None, "metadata[k]"),
        (PAYMENT | {f"metadata[{n}]": "x" for n in range(51)}, None, "metadata"),
        (
            PAYMENT | {"client_reference_id": "x" * 201},
            "parameter_invalid_string_too_long",
            "client_reference_id",
        ),
        (PAYMENT | {"expires_at": "1"}, None, "expires_at"),
    ],
)
def test_a_checkout_stripe_would_not_take_is_refused(sandbox, form, code, param):
    status, answer = sandbox.call("POST", SESSIONS, form)

    assert (status, answer["error"]["type"]) in {
        (400, "invalid_request_error"),
        (404, "invalid_request_error"),
    }
    assert (answer["error"].get("code"), answer["error"].get("param")) == (code, param)
    assert not sandbox.store.objects.get("checkout.session")


def test_what_stripe_takes_is_taken(sandbox):
    status, session = sandbox.call("POST", SESSIONS, PAYMENT)

    assert status == 200
    assert (session["amount_total"], session["currency"]) == (1000, "eur")
    assert session["url"].startswith(f"{sandbox.url}/c/pay/cs_test_")


def test_other_parameters_under_the_same_key_are_refused(sandbox):
    _status, first = sandbox.call("POST", SESSIONS, PAYMENT, key="one")
    _status, again = sandbox.call("POST", SESSIONS, PAYMENT, key="one")
    status, other = sandbox.call(
        "POST", SESSIONS, PAYMENT | {"customer_email": "a@example.org"}, key="one"
    )

    assert again == first
    assert (status, other["error"]["type"]) == (400, "idempotency_error")
    assert len(sandbox.store.objects["checkout.session"]) == 1


def test_a_call_refused_for_its_parameters_leaves_the_key_unused(sandbox):
    status, _answer = sandbox.call("POST", SESSIONS, without("mode") | {"x": "y"}, key="one")
    assert status == 400
    assert sandbox.call("POST", SESSIONS, PAYMENT, key="one")[0] == 200


@pytest.mark.parametrize("key", ["", "Bearer sk_test_other", "Bearer sk_live_anything"])
def test_another_key_is_not_let_in(sandbox, key):
    assert sandbox.ask("GET", "/v1/charges", Authorization=key).status == 401


def test_another_version_is_not_spoken(sandbox):
    headers = {
        "Authorization": f"Bearer {sandbox.server.sandbox.key}",
        "Stripe-Version": "2020-08-27",
    }
    assert sandbox.ask("GET", "/v1/charges", **headers).status == 400


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/v1/charges/ch_none", 404),
        ("GET", "/v1/payouts", 404),
        ("DELETE", "/v1/charges/ch_none", 404),
        ("GET", "/v1/charges?limit=101", 400),
        ("GET", "/v1/charges?starting_after=ch_none", 404),
        ("GET", "/v1/charges?created[since]=1", 400),
        ("GET", "/v1/subscriptions?status=asleep", 400),
    ],
)
def test_what_is_not_there_is_not_answered(sandbox, method, path, status):
    assert sandbox.call(method, path)[0] == status


def test_a_closed_checkout_cannot_be_expired(sandbox):
    _status, session = sandbox.call("POST", SESSIONS, PAYMENT)
    sandbox.press(session["url"], "pay")

    status, answer = sandbox.call("POST", f"{SESSIONS}/{session['id']}/expire")
    assert (status, answer["error"]["type"]) == (400, "invalid_request_error")


def test_every_object_has_what_stripe_always_sends_and_nothing_it_never_does(sandbox):
    recurring = {"mode": "subscription", "line_items[0][price_data][recurring][interval]": "month"}
    for form in (PAYMENT, PAYMENT | recurring):
        _status, session = sandbox.call("POST", SESSIONS, form)
        sandbox.press(session["url"], "pay")
    sandbox.happen("dispute", sandbox.newest("charge")["id"])
    sandbox.call("POST", "/v1/refunds", {"charge": sandbox.store.newest_first("charge")[1]["id"]})
    sandbox.call(
        "POST", "/v1/billing_portal/sessions", {"customer": sandbox.newest("customer")["id"]}
    )

    for kind, made in sandbox.store.objects.items():
        for one in made.values():
            shown = {name for name in one if not name.startswith("_")}
            assert set(spec.blank(kind)) <= shown <= spec.fields_of(kind), kind
    for event in sandbox.store.objects["event"].values():
        assert not [name for name in event["data"]["object"] if name.startswith("_")]


def test_lists_are_read_page_by_page_newest_first(sandbox):
    for _number in range(5):
        sandbox.call("POST", "/v1/customers", {"name": "Someone"})
    newest_first = [made["id"] for made in sandbox.store.newest_first("customer")]

    _status, page = sandbox.call("GET", "/v1/customers?limit=2")
    seen = [made["id"] for made in page["data"]]
    while page["has_more"]:
        _status, page = sandbox.call("GET", f"/v1/customers?limit=2&starting_after={seen[-1]}")
        seen += [made["id"] for made in page["data"]]
    assert seen == newest_first

    _status, page = sandbox.call("GET", f"/v1/customers?limit=2&ending_before={seen[4]}")
    assert [made["id"] for made in page["data"]] == newest_first[2:4]


def test_ids_are_expanded_on_request_only(sandbox):
    _status, session = sandbox.call("POST", SESSIONS, PAYMENT)
    sandbox.press(session["url"], "pay")
    address = f"{SESSIONS}/{session['id']}"

    path = "expand[0]=payment_intent.latest_charge.balance_transaction&expand[1]=line_items"
    _status, expanded = sandbox.call("GET", f"{address}?{path}")
    charge = expanded["payment_intent"]["latest_charge"]
    assert charge["balance_transaction"]["fee"] == 40
    assert expanded["line_items"]["data"][0]["amount_total"] == 1000
    assert isinstance(sandbox.call("GET", address)[1]["payment_intent"], str)
    assert sandbox.call("GET", f"{address}?expand[0]=mode")[0] == 400
