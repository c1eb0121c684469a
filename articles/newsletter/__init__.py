"""The newsletter: who asked for it, what is sent, and to whom it is not sent any more.

form → signing_up → mail with a link → button → Subscriber confirmed
desk → NewsletterIssue.start() → a Delivery each → sending, batch after batch → letters
mail that comes back → bounces → Subscriber suppressed
"""
