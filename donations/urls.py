from django.urls import path, register_converter

from donations import views


class StripeIdConverter:
    """What Stripe calls an object: letters, digits and underscores."""

    regex = "[A-Za-z0-9_]{1,255}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(StripeIdConverter, "stripe_id")

app_name = "donations"
urlpatterns = [
    path("contribute", views.contribute, name="contribute"),
    path("contribute/thanks", views.thanks, name="thanks"),
    path("contribute/manage", views.manage, name="manage"),
    path("contribute/manage/leave", views.leave, name="leave"),
    path("contribute/manage/forget", views.forget, name="forget"),
    path("contribute/manage/gifts/<stripe_id:intent_id>", views.receipt, name="receipt"),
    path("contribute/manage/statements/<int:year>", views.statement, name="statement"),
    path(
        "contribute/manage/pledges/<stripe_id:subscription_id>/amount",
        views.change_amount,
        name="change_amount",
    ),
    path("contribute/manage/pledges/<stripe_id:subscription_id>/pause", views.pause, name="pause"),
    path(
        "contribute/manage/pledges/<stripe_id:subscription_id>/resume",
        views.resume,
        name="resume",
    ),
    path(
        "contribute/manage/pledges/<stripe_id:subscription_id>/cancel",
        views.cancel,
        name="cancel",
    ),
    path("contribute/manage/pledges/<stripe_id:subscription_id>/card", views.card, name="card"),
]
