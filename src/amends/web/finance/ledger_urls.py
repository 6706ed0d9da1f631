"""Addresses of the merchant's ledger, under /m/ledger."""

from __future__ import annotations

from django.urls import URLPattern, path

from amends.web.finance import accounts

urlpatterns: list[URLPattern] = [
    path("", accounts.accounts, name="ledger"),
    path("/statement", accounts.statement, name="ledger-statement"),
    path("/statement.csv", accounts.as_csv, name="ledger-csv"),
]
