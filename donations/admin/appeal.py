from django.contrib import admin

from donations.models import Appeal

from .desk import MoneyAdmin


@admin.register(Appeal)
class AppealAdmin(MoneyAdmin):
    list_display = ["headline", "placement", "language", "starts_at", "ends_at", "is_active"]
    list_filter = ["placement", "language", "is_active"]
    search_fields = ["headline"]

    fields = [
        "placement",
        "language",
        "headline",
        "text",
        "button",
        "starts_at",
        "ends_at",
        "is_active",
    ]
