-- What waits of schedules that were removed is not sent.
SELECT outbox_drop()
