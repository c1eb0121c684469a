"""Giving out sized copies of photos to those who may see them."""

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from articles.models import Photo, Rendition


@require_safe
def rendition_file(request: HttpRequest, name: str) -> HttpResponse:
    """A sized copy; for readers only while a visible story shows the photo, else for the desk."""
    rendition = Rendition.objects.filter(file=name).first()
    if rendition is None:
        raise Http404
    is_public = Photo.objects.public().filter(pk=rendition.photo_id).exists()
    if not is_public and not request.user.has_perm("articles.view_photo"):
        raise Http404
    try:
        file = default_storage.open(name)
    except FileNotFoundError:
        raise Http404 from None
    response = FileResponse(file, content_type=f"image/{rendition.format}")
    response["Cache-Control"] = (
        "public, max-age=31536000, immutable" if is_public else "private, no-store"
    )
    return response
