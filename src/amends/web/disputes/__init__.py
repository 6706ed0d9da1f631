"""Disputes on the merchant's and the buyer's pages: plans, evidence, questions, judgements, and what each side may do until when (04-disputes)."""
