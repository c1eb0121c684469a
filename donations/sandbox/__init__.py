"""A stand-in for Stripe, for the demo and the tests: its API, its pages, its events. No money.

    manage.py stripe_sandbox

`server` speaks HTTP, `api` knows the calls, `spec` what Stripe takes in them, `checkout`,
`billing` and `payments` what then happens, `store` keeps it, `events` tells the site of it,
`pages` are what a browser sees, `faults` what goes wrong when asked to.
"""
