"""What the worker does about money: calls to Stripe and mail that nobody has to wait for."""

from procrastinate import JobContext, RetryStrategy
from procrastinate.contrib.django import app

URGENT = 10  # Before sized copies of pictures.
SOON = 5  # Before those too, but anybody may order it: after what is owed to supporters.
PATIENT = RetryStrategy(max_attempts=12, exponential_wait=3)
BY_MORNING = RetryStrategy(max_attempts=5, wait=1800)
FOR_THREE_DAYS = RetryStrategy(max_attempts=11, exponential_wait=3)  # After the first attempt.


@app.task(queue="money", retry=PATIENT, priority=URGENT)
def fetch_fee(balance_transaction_id: str, intent_id: str | None) -> None:
    """Book what Stripe kept of a payment; harmless when repeated."""
    from donations import gateway, ledger
    from donations.models import Payment

    fetched = gateway.retrieve_balance_transaction(balance_transaction_id)
    ledger.book_fee(fetched, Payment.objects.filter(pk=intent_id).first())


@app.task(queue="money", retry=PATIENT, priority=URGENT)
def refresh_pledge(subscription_id: str) -> None:
    """Let a pledge stand as Stripe says it stands now."""
    from donations import subscriptions

    subscriptions.refresh(subscription_id)


@app.task(queue="money", retry=PATIENT, priority=URGENT)
def forget(supporter_id: int) -> None:
    """Have Stripe end and delete what is left of somebody who was let go."""
    from donations import forgetting

    forgetting.finish(supporter_id)


@app.periodic(cron="20 5 * * *")  # After reconciling, which may bring what is late.
@app.task(queue="housekeeping", queueing_lock="scrub")
def scrub(timestamp: int = 0) -> None:
    """Forget people whose time has come; `manage.py scrub` does the same."""
    from donations import scrubbing

    scrubbing.scrub()


@app.periodic(cron="15 * * * *")
@app.task(queue="housekeeping", queueing_lock="sound_alarm")
def sound_alarm(timestamp: int = 0) -> None:
    """Write into the log what a person should look at."""
    from donations import alarm

    alarm.sound()


@app.task(queue="mail", retry=FOR_THREE_DAYS, priority=URGENT, pass_context=True)
def send_mail(context: JobContext, mail_id: int) -> None:
    """Hand a mail to the mail server, unless that was begun before; give up at the last attempt."""
    from donations import emails

    try:
        emails.hand_over(mail_id)
    except Exception as error:
        if FOR_THREE_DAYS.get_retry_decision(exception=error, job=context.job) is None:
            emails.give_up(mail_id)
        raise


@app.periodic(cron="30 4 * * *")
@app.task(queue="housekeeping", queueing_lock="order_reminders")
def order_reminders(timestamp: int = 0) -> None:
    """Order the mails that have fallen due; `manage.py order_reminders` does the same."""
    from donations import reminders

    reminders.order_due()


@app.periodic(cron="10 * * * *")
@app.task(queue="housekeeping", queueing_lock="give_up_lost_mails")
def give_up_lost_mails(timestamp: int = 0) -> None:
    """Note which mails nobody tries any more, so that staff see them."""
    from donations import emails

    emails.give_up_lost()


@app.task(queue="mail", retry=PATIENT, priority=SOON)
def order_manage_link(supporter_id: int | None) -> None:
    """Have a link to their own gifts mailed to somebody; None for an address we do not know."""
    from donations import visits

    if supporter_id is not None:
        visits.order_link(supporter_id)


@app.periodic(cron="10 3 * * *")
@app.task(queue="money", queueing_lock="reconcile", retry=BY_MORNING)
def reconcile(timestamp: int) -> None:
    """Compare the last days with Stripe; the log tells what a person must look at."""
    from donations import reconciling

    reconciling.reconcile_nightly()
