from .appeal import Appeal
from .attempt import Attempt
from .books import Invoice, LedgerEntry, Payment
from .contribution import Contribution
from .event import StripeEvent
from .mail import OutgoingMail
from .manage_link import ManageLink
from .people import StripeCustomer, Supporter
from .pledge import Pledge
from .rules import ContributionRules, CurrencyRule, Frequency, Preset, RulesText

__all__ = [
    "Appeal",
    "Attempt",
    "Contribution",
    "ContributionRules",
    "CurrencyRule",
    "Frequency",
    "Invoice",
    "LedgerEntry",
    "ManageLink",
    "OutgoingMail",
    "Payment",
    "Pledge",
    "Preset",
    "RulesText",
    "StripeCustomer",
    "StripeEvent",
    "Supporter",
]
