"""What is counted: how often somebody asked."""

from django.db import models


class Limit(models.Model):
    """The requests that somebody made since their present window began."""

    who = models.CharField(max_length=100, primary_key=True)
    began_at = models.DateTimeField()
    counted = models.PositiveBigIntegerField()
    last_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.who}: {self.counted} since {self.began_at}"
