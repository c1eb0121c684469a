"""The history of a story cannot be rewritten, not even past the models."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION articles_keep_revision() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'A revision is never changed.' USING ERRCODE = 'integrity_constraint_violation';
END
$$;
-- All but who made it: that goes when the person's account is deleted.
CREATE TRIGGER articles_keep_revision
    BEFORE UPDATE OF id, article_id, recorded_at, action, note, snapshot ON articles_revision
    FOR EACH ROW EXECUTE FUNCTION articles_keep_revision();
"""
BACKWARD = """
DROP TRIGGER articles_keep_revision ON articles_revision;
DROP FUNCTION articles_keep_revision;
"""


class Migration(migrations.Migration):
    dependencies = [("articles", "0002_licences")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
