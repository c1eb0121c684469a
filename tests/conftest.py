import pytest


@pytest.fixture(autouse=True)
def _own_files(tmp_path, settings):
    """Files of a test go to a folder of its own; static files are served as they are."""
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.STORAGES = settings.STORAGES | {
        "originals": {
            "BACKEND": "articles.storage.WholeFileStorage",
            "OPTIONS": {"location": tmp_path / "originals", "base_url": None},
        },
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
