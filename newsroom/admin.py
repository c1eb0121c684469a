"""Accounts of the desk: what is done for who lost a device, and about who leaves."""

from typing import Any

import allauth.account.admin
import allauth.mfa.admin
import allauth.usersessions.admin  # noqa: F401 - Imported to be taken out again below.
from allauth.account.decorators import secure_admin_login
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import User
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from newsroom.signing_in import second_factor, sessions

admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

# Secrets, and where somebody is signed in, are their owner's business.
admin.site.unregister([Authenticator, EmailAddress, UserSession, User])


@admin.register(User)
class DeskUserAdmin(UserAdmin):
    list_display = ["username", "full_name", "is_active", "is_staff", "has_factor", "last_login"]
    list_filter = ["is_active", "is_staff", "is_superuser", "groups"]
    readonly_fields = ["last_login", "date_joined"]
    actions = ["shut_out", "reset_second_factor"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        factors = Authenticator.objects.filter(user=OuterRef("pk"), type__in=second_factor.FACTORS)
        return super().get_queryset(request).annotate(has_factor=Exists(factors))

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if not (obj.is_active and obj.is_staff):
            sessions.end_all(obj)

    @admin.display(description=_("name"), ordering="last_name")
    def full_name(self, user: User) -> str:
        return user.get_full_name()

    @admin.display(description=_("second factor"), boolean=True)
    def has_factor(self, user: User) -> bool:
        return user.has_factor  # type: ignore[attr-defined]

    @admin.action(description=_("Shut out: deactivate and sign out"), permissions=["change"])
    def shut_out(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        for user in queryset:
            if user == request.user:
                self.message_user(request, _("You cannot shut yourself out."), messages.ERROR)
                continue
            user.is_active = False
            user.save(update_fields=["is_active"])
            sessions.end_all(user)
            self._note(request, user, _("Shut out."))

    @admin.action(
        description=_("Reset the second factor of who lost it, and sign out"),
        permissions=["change"],
    )
    def reset_second_factor(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        for user in queryset:
            second_factor.forget(user)
            sessions.end_all(user)
            self._note(request, user, _("Second factor reset."))

    def _note(self, request: HttpRequest, user: User, what: Any) -> None:
        self.log_change(request, user, str(what))
        self.message_user(request, f"{user}: {what}", messages.SUCCESS)
