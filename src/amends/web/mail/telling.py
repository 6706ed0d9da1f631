"""What became of a mail or a mailbox, in words: codes of the mail room are never shown without a sentence."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from amends.core.refusal import Refusal
from amends.core.sentences import SENTENCES
from amends.web.catalogue import say

TONES = {"kept": "soft", "placed": "green", "not_placed": "amber", "set_aside": "soft", "queued": "soft", "sent": "green", "bounced": "red", "refused": "red"}
ATTACHMENT_WHYS = ("empty", "large", "kind", "acts", "macros", "broken", "many", "waiting")
TROUBLES = ("unreachable", "timeout", "tls", "login", "folder", "broken", "later", "never", "locked")


def note(row: dict[str, Any], lang: str) -> str:
    """Why a mail is where it is."""
    code, _, fact = str(row["note"]).partition(":")
    if code == "refused":
        return _refused(fact, lang)
    if code == "too_large":
        return say(lang, "mail.note_too_large", size=fact)
    if code == "by_hand" and row["status"] == "set_aside":
        return say(lang, "mail.note_aside", name=row["by_name"], reason=row["told"])
    return say(lang, f"mail.note_{code}") if code else ""


def _refused(code: str, lang: str) -> str:
    """The ticket did not take it, in its own words where they need no facts."""
    if code in SENTENCES and "{" not in SENTENCES[code][0]:
        return Refusal(code).say(lang)
    return say(lang, "mail.note_refused")


def undelivered(row: dict[str, Any], lang: str) -> str:
    """Why a mail of ours did not arrive, or has not yet: what kind of trouble, and the server's own words."""
    return trouble(row["told"], lang) if row["direction"] == "out" else ""


def trouble(text: str, lang: str) -> str:
    """`why: words` of a mail server as a sentence; words alone stay as they are."""
    why, colon, words = text.partition(":")
    if why not in TROUBLES:
        return text
    sentence = say(lang, f"mail.why_{why}")
    return f"{sentence}{'：' if lang == 'zh' else ': '}{words.strip()}" if colon and words.strip() else sentence


def counts(row: dict[str, Any], lang: str) -> str:
    """Which instant the deadline runs from, and why that one."""
    return say(lang, f"mail.counts_{row['counts_by']}") if row["counts_by"] else ""


def attachment(one: dict[str, Any], lang: str) -> str:
    """Why an attachment was not taken; empty if it was."""
    return say(lang, f"mail.file_{one['refused']}", most=one.get("most", "")) if one["refused"] in ATTACHMENT_WHYS else ""


def ticket_url(row: dict[str, Any]) -> str:
    """The page of the ticket a mail is on, on the platform's side."""
    return str(reverse("ticket-desk", kwargs={"merchant_id": row["merchant_id"], "case_id": row["case_id"]}))


def words_of(lang: str) -> dict[str, Any]:
    """These for templates."""
    return {
        "note_of": lambda row: note(row, lang), "undelivered": lambda row: undelivered(row, lang), "trouble_of": lambda text: trouble(text, lang), "counts_of": lambda row: counts(row, lang),
        "file_why": lambda one: attachment(one, lang), "mail_tones": TONES, "ticket_url": ticket_url,
    }
