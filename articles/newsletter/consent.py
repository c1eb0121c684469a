"""The words a reader agrees to: shown beside the form, and kept with who signed up."""

from django.utils.translation import gettext as _

from articles.models import Outlet


def wording(outlet: Outlet) -> str:
    """What stands beside the button, in the language that is active."""
    return _(
        "%(outlet)s sends its newsletter to this address until you unsubscribe, which takes one"
        " click in every mail. The address is used for nothing else and passed on to nobody but"
        " who delivers our mail. Nobody notes what you open or read."
    ) % {"outlet": outlet.name}
