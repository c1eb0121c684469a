"""The ledger is only ever added to: PostgreSQL refuses every other statement, whoever sends it."""

from django.db import migrations

GUARD = """
CREATE FUNCTION donations_ledger_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'The ledger is append-only: % refused.', TG_OP
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER donations_ledger_append_only
    BEFORE UPDATE OR DELETE OR TRUNCATE ON donations_ledgerentry
    FOR EACH STATEMENT EXECUTE FUNCTION donations_ledger_is_append_only();
"""

UNGUARD = """
DROP TRIGGER donations_ledger_append_only ON donations_ledgerentry;
DROP FUNCTION donations_ledger_is_append_only();
"""


class Migration(migrations.Migration):
    dependencies = [("donations", "0001_initial")]

    operations = [migrations.RunSQL(GUARD, UNGUARD)]
