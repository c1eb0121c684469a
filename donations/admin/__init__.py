"""The desk's side of money: appeals and rules are written here, everything else is only read."""

from . import appeal, books, events, mail, people, rules

__all__ = ["appeal", "books", "events", "mail", "people", "rules"]
