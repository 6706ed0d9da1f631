"""Every verb of the trade, grouped by who says it. Each class is the button, the form and the API body at once."""
