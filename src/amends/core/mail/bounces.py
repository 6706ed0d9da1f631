"""What came back: reports by RFC 3464, and the letters that older and Chinese mail servers write instead."""

from __future__ import annotations

import re
from dataclasses import dataclass
from email.message import Message

from amends.core.mail.decoding import addresses, words

_IDS = re.compile(r"<[^<>\s@]{1,200}@[^<>\s]{1,200}>")
_HEADER_ID = re.compile(r"^message-id:\s*(<[^<>\s]+>)", re.IGNORECASE | re.MULTILINE)
_SENDERS = ("mailer-daemon", "postmaster", "mail-daemon", "mailerdaemon")
_SUBJECTS = re.compile(
    r"undeliver|delivery (?:status notification|failure|has failed|incomplete)|returned (?:mail|to sender)|mail delivery (?:failed|system)|failure notice|non.?delivery|系统退信|退信|投递失败|无法投递|邮件未送达|未送达|發送失敗|发送失败",
    re.IGNORECASE,
)
_REPLY = re.compile(r"(?<![\d.])[45]\d\d[ -](?:#?[45]\.\d{1,3}\.\d{1,3})?[^\n]{3,300}|#?(?<![\d.])[45]\.\d{1,3}\.\d{1,3}[ )][^\n]{3,300}")
_REASON = re.compile(r"(?:退信原因|失败原因|原因|Reason|Diagnostic information|The error (?:that the other server returned )?was)\s*[:：]\s*([^\n]{3,300})", re.IGNORECASE)

_ADDRESS = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
_NEAR = 5_000
"""Signs in which a letter says whom it could not reach; looking further costs time and finds what was quoted."""


@dataclass(frozen=True, slots=True)
class Bounce:
    """A report of non-delivery: for whom, the status (5.1.1), the server's words, for good or only late, and the messages it may be about."""

    recipient: str
    status: str
    reason: str
    final: bool
    about: tuple[str, ...]


def bounce_in(message: Message, text: str, raw_text: str) -> Bounce | None:
    """The report that this mail is, if it is one. `text`: its words; `raw_text`: all of it, to find our Message-ID in what was returned."""
    reported = _report(message, f"{raw_text}\n{text}")
    if reported is not None:
        return reported
    return _letter(message, text, raw_text)


def _report(message: Message, raw_text: str) -> Bounce | None:
    status = next((part for part in message.walk() if part.get_content_type() == "message/delivery-status"), None)
    if status is None:
        return None
    blocks = status.get_payload() if status.is_multipart() else []
    for block in blocks if isinstance(blocks, list) else []:
        if isinstance(block, str):
            continue
        action = words(str(block.get("Action", ""))).lower()
        if action not in ("failed", "delayed"):
            continue
        code = words(str(block.get("Status", ""))).split(" ")[0]
        recipient = words(str(block.get("Original-Recipient") or block.get("Final-Recipient") or "")).split(";")[-1].strip().lower()
        reason = words(str(block.get("Diagnostic-Code", ""))).split(";", 1)[-1].strip()
        return Bounce(recipient, code, reason[:500] or code, action == "failed", _ids(raw_text))
    return None


def _letter(message: Message, text: str, raw_text: str) -> Bounce | None:
    sender = next(iter(addresses(message, "From")), ("", ""))[1]
    null = words(str(message.get("Return-Path", ""))) == "<>"
    failed = [a for _, a in addresses(message, "X-Failed-Recipients")]
    told = bool(_SUBJECTS.search(words(str(message.get("Subject", "")))))
    from_server = sender.split("@")[0].startswith(_SENDERS) or null or bool(failed)
    if not (failed or (from_server and told)):
        return None
    reason = _REASON.search(text) or _REPLY.search(text)
    said = (reason[1] if reason is not None and reason.re is _REASON else reason[0]) if reason else ""
    status = re.search(r"(?<![\d.])([45]\.\d{1,3}\.\d{1,3})(?![\d.])", text)
    recipient = failed[0] if failed else _first_address(text, sender)
    late = bool(re.search(r"delayed|warning only|稍后|延迟|will be retried|still being retried", text[:2000], re.IGNORECASE)) and not (status and status[1].startswith("5"))
    return Bounce(recipient, status[1] if status else "", said.strip(" <>")[:500], not late, _ids(f"{raw_text}\n{text}"))


def _first_address(text: str, sender: str) -> str:
    found = [a.lower() for a in _ADDRESS.findall(text[:_NEAR])]
    return next((a for a in found if a != sender and not a.split("@")[0].startswith(_SENDERS)), "")


def _ids(raw_text: str) -> tuple[str, ...]:
    """Message-IDs of what was returned, the likeliest first: headers of a returned message, then anything written like one. The report's own stands first in the mail and is ours never."""
    heads = _HEADER_ID.findall(raw_text)
    return tuple(dict.fromkeys([*reversed(heads), *_IDS.findall(raw_text)]))[:200]
