"""Keep the search's entries with their stories, whatever code changes them."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION articles_search_entry() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO articles_publicationsearch AS entry
        (publication_id, visible_from, is_withdrawn, found_by, about, headline_words)
    VALUES (NEW.article_id, NEW.visible_from, NEW.withdrawn_at IS NOT NULL, '', '', '')
    ON CONFLICT (publication_id) DO UPDATE
        SET visible_from = excluded.visible_from, is_withdrawn = excluded.is_withdrawn
        WHERE (entry.visible_from, entry.is_withdrawn)
            <> (excluded.visible_from, excluded.is_withdrawn);
    RETURN NULL;
END
$$;
CREATE TRIGGER articles_search_entry
    AFTER INSERT OR UPDATE OF visible_from, withdrawn_at ON articles_publication
    FOR EACH ROW EXECUTE FUNCTION articles_search_entry();

CREATE FUNCTION articles_story_to_index() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    changed jsonb := to_jsonb(CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END);
BEGIN
    INSERT INTO articles_storytoindex (number) VALUES ((changed ->> TG_ARGV[0])::bigint);
    RETURN NULL;
END
$$;
CREATE FUNCTION articles_publication_to_index() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO articles_storytoindex (number) VALUES (NEW.article_id);
    RETURN NULL;
END
$$;
CREATE TRIGGER articles_publication_to_index
    AFTER INSERT OR UPDATE OF headline, source, kicker, kind, section_id, standfirst, dateline,
        body, lead_caption, language, words ON articles_publication
    FOR EACH ROW EXECUTE FUNCTION articles_publication_to_index();
CREATE TRIGGER articles_story_to_index
    AFTER INSERT OR UPDATE OR DELETE ON articles_publicationtag
    FOR EACH ROW EXECUTE FUNCTION articles_story_to_index('content_object_id');
CREATE TRIGGER articles_story_to_index
    AFTER INSERT OR UPDATE OR DELETE ON articles_publicationbyline
    FOR EACH ROW EXECUTE FUNCTION articles_story_to_index('publication_id');
CREATE TRIGGER articles_story_to_index
    AFTER INSERT OR UPDATE OR DELETE ON articles_publishedentry
    FOR EACH ROW EXECUTE FUNCTION articles_story_to_index('publication_id');

CREATE FUNCTION articles_stories_about_to_index() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    changed jsonb := to_jsonb(CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END);
BEGIN
    INSERT INTO articles_storytoindex (number)
    SELECT content_object_id FROM articles_publicationtag
    WHERE tag_id = (changed ->> TG_ARGV[0])::bigint;
    RETURN NULL;
END
$$;
CREATE TRIGGER articles_stories_about_to_index
    AFTER UPDATE OF name ON articles_tag
    FOR EACH ROW WHEN (OLD.name <> NEW.name)
    EXECUTE FUNCTION articles_stories_about_to_index('id');
CREATE TRIGGER articles_stories_about_to_index
    AFTER INSERT OR UPDATE OR DELETE ON articles_tagalias
    FOR EACH ROW EXECUTE FUNCTION articles_stories_about_to_index('tag_id');

CREATE FUNCTION articles_stories_by_to_index() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO articles_storytoindex (number)
    SELECT publication_id FROM articles_publicationbyline WHERE author_id = NEW.id;
    RETURN NULL;
END
$$;
CREATE TRIGGER articles_stories_by_to_index
    AFTER UPDATE OF name ON articles_author
    FOR EACH ROW WHEN (OLD.name <> NEW.name)
    EXECUTE FUNCTION articles_stories_by_to_index();

INSERT INTO articles_publicationsearch
    (publication_id, visible_from, is_withdrawn, found_by, about, headline_words)
SELECT article_id, visible_from, withdrawn_at IS NOT NULL, '', '', '' FROM articles_publication;
INSERT INTO articles_storytoindex (number)
SELECT article_id FROM articles_publication ORDER BY visible_from DESC;
"""
BACKWARD = """
DROP TRIGGER articles_stories_by_to_index ON articles_author;
DROP TRIGGER articles_stories_about_to_index ON articles_tagalias;
DROP TRIGGER articles_stories_about_to_index ON articles_tag;
DROP TRIGGER articles_story_to_index ON articles_publishedentry;
DROP TRIGGER articles_story_to_index ON articles_publicationbyline;
DROP TRIGGER articles_story_to_index ON articles_publicationtag;
DROP TRIGGER articles_publication_to_index ON articles_publication;
DROP TRIGGER articles_search_entry ON articles_publication;
DROP FUNCTION articles_stories_by_to_index;
DROP FUNCTION articles_stories_about_to_index;
DROP FUNCTION articles_story_to_index;
DROP FUNCTION articles_publication_to_index;
DROP FUNCTION articles_search_entry;
"""


class Migration(migrations.Migration):
    dependencies = [("articles", "0015_search")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
