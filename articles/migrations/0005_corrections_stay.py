"""A correction is kept for ever, also past the models."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION articles_keep_correction() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'A correction is taken back, never deleted.'
        USING ERRCODE = 'integrity_constraint_violation';
END
$$;
CREATE TRIGGER articles_keep_correction
    BEFORE DELETE ON articles_correction
    FOR EACH ROW EXECUTE FUNCTION articles_keep_correction();
"""
BACKWARD = """
DROP TRIGGER articles_keep_correction ON articles_correction;
DROP FUNCTION articles_keep_correction;
"""


class Migration(migrations.Migration):
    dependencies = [("articles", "0004_desk")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
