"""What a purchase and a download can be, with the words for it. No model and no query: the policy uses these too."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Status(TextChoices):
    PENDING = "pending", _("Pending")
    COMPLETED = "completed", _("Completed")
    REFUNDED = "refunded", _("Refunded")
    CANCELLED = "cancelled", _("Cancelled")
    CHARGED_BACK = "charged_back", _("Charged back")


class Cause(TextChoices):
    DIRECT = "direct", _("Direct")
    DEPENDENCY = "dependency", _("Dependency")
