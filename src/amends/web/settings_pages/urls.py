"""The settings of a merchant and of the platform: addresses (mounted under both prefixes) and entries of the navigation."""

from __future__ import annotations

from django.urls import URLPattern, path

from amends.web.navigation import Item
from amends.web.settings_pages import addresses, audit, clocks, compensation, fast_review, home, keys, keywords, mail, replies, roles, rules, shop, staff, stock

urlpatterns: list[URLPattern] = [
    path("", home.home, name="home"),
    path("staff", staff.staff, name="staff"),
    path("staff/<person_id>", staff.person, name="person"),
    path("staff/<person_id>/rights", staff.rights, name="rights"),
    path("staff/<person_id>/link", staff.new_link, name="link"),
    path("roles", roles.roles, name="roles"),
    path("roles/new", roles.new_role, name="new-role"),
    path("roles/<role_id>/remove", roles.remove, name="remove-role"),
    path("addresses", addresses.addresses, name="addresses"),
    path("addresses/new", addresses.address, name="new-address"),
    path("addresses/<address_id>", addresses.address, name="address"),
    path("addresses/<address_id>/default", addresses.default, name="default-address"),
    path("addresses/<address_id>/rest", addresses.rest, name="rest-address"),
    path("divisions", addresses.below, name="divisions"),
    path("shop", shop.shop, name="shop"),
    path("fast-review", fast_review.change, name="fast-review"),
    path("stock", stock.stock, name="stock"),
    path("compensation", compensation.compensation, name="compensation"),
    path("mail", mail.mail, name="mail"),
    path("keywords", keywords.page, name="keywords"),
    path("keywords/words", keywords.words, name="keyword-words"),
    path("keywords/word", keywords.word, name="keyword-word"),
    path("keywords/switch", keywords.switch, name="keyword-switch"),
    path("keywords/sets", keywords.make, name="keyword-sets"),
    path("keywords/remove", keywords.remove, name="keyword-remove"),
    path("keywords/again", keywords.again, name="keyword-again"),
    path("keywords/try", keywords.attempt, name="keyword-try"),
    path("keywords/file", keywords.take, name="keyword-file"),
    path("keywords/export.<form>", keywords.export, name="keyword-export"),
    path("replies", replies.page, name="replies"),
    path("replies/drop", replies.drop, name="reply-drop"),
    path("rules", rules.rules, name="rules"),
    path("clocks", clocks.clocks, name="clocks"),
    path("durations", clocks.took, name="durations"),
    path("keys", keys.keys, name="keys"),
    path("keys/<key_id>/rotate", keys.rotate, name="rotate-key"),
    path("keys/<key_id>/revoke", keys.revoke, name="revoke-key"),
    path("audit", audit.audit, name="audit"),
    path("audit.csv", audit.export, name="audit-export"),
]

NAVIGATION: list[Item] = [
    Item("settings.nav", "shop", "ti-settings", "m-settings:home", permission="read", order=90),
    Item("settings.nav", "platform", "ti-settings", "p-settings:home", permission="read", party="platform", order=90),
]
