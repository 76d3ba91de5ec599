"""WHAT IS SENT: letters queued in the transaction of the act they tell of, and sent after it, at least once."""
