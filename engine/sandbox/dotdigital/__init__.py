"""Dotdigital as far as a brand needs it: contacts, imports, Insight data, programmes, mail.

Contacts follow its rules of consent, the dangerous ones above all: a new contact without a status
becomes subscribed, and an upsert subscribes again in silence unless it is told not to.
"""
