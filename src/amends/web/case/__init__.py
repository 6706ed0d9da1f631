"""The page of one case: what it shows, the forms of its commands, what they would do, and the road of a form."""
