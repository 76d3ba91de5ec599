"""Signing in is allauth's. Here: who comes with a session, and what they may do, each in one statement."""

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth.models import AnonymousUser, Permission
from django.db.models import Model, Q

from accounts.models import User


class Backend(AuthenticationBackend):
    def get_user(self, user_id: int) -> User | None:
        user = User.objects.with_standing().filter(pk=user_id).first()
        return user if user is not None and self.user_can_authenticate(user) else None

    def get_all_permissions(self, user_obj: User | AnonymousUser, obj: Model | None = None) -> set[str]:
        """Their own ones and those of their groups; Django asks for them one after the other."""
        if not user_obj.is_active or user_obj.is_superuser or user_obj.is_anonymous or obj is not None:
            return super().get_all_permissions(user_obj, obj)
        known = vars(user_obj)
        if "_perm_cache" not in known:
            own = User.user_permissions.through.objects.filter(user=user_obj).values("permission")
            of_groups = Permission.group_set.through.objects.filter(group__user=user_obj).values("permission")
            granted = Permission.objects.filter(Q(pk__in=own) | Q(pk__in=of_groups)).order_by()
            names = granted.values_list("content_type__app_label", "codename")
            known["_perm_cache"] = {f"{room}.{codename}" for room, codename in names}
        return known["_perm_cache"]
