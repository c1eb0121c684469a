from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from donations import gateway, webhooks


@csrf_exempt
@require_POST
def stripe_webhook(request: HttpRequest) -> HttpResponse:
    try:
        event = gateway.verified_event(request.body, request.headers.get("Stripe-Signature", ""))
    except gateway.InvalidEvent:
        return HttpResponseBadRequest()
    webhooks.process(event)
    return HttpResponse()  # Also for types we ignore: Stripe retries all but 2xx.
