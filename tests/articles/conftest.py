"""What the tests of whole processes share with those about money."""

from tests.donations.conftest import (  # noqa: F401
    mail_server,
    sandbox,
    static_files,
    whole_site,
)
