"""When pages change by the clock alone: fields that hold such moments, by model.

A moment that passes is a public change like any other. The field needs an index where its table
grows with the archive.
"""

MOMENTS = {
    "articles.Publication": ["visible_from"],
    "articles.Photo": ["usable_from", "usable_until"],
    "articles.Banner": ["starts_at", "ends_at"],
    "articles.FrontPageSlot": ["until"],
}
