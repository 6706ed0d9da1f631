"""Tickets on the platform's side: the desk over all merchants, one ticket, opening one, counts of opinions (05-tickets)."""
