"""Automation strategies in the browser: the first-match table, the form of a row, trials, versions, and what they would do with one case (SA-1 … SA-9)."""
