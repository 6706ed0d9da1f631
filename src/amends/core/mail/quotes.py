"""What the sender wrote this time: the history that clients put below, and the line with the telephone's name, are taken off for showing.

The message itself is kept whole; nobody's words are lost by a wrong guess, only folded away.
"""

from __future__ import annotations

import re

from amends.core.mail.html_text import CUT

_DIVIDER = re.compile(r"^\s*[-_—=*]{2,}\s*(?:原始邮件|原邮件|原始信息|回复的原邮件|回复原文|转发的?邮件(?:信息)?|邮件原件|Original (?:Message|Email|Appointment)|Forwarded message|Reply message|Reply to message)\s*[-_—=*]{2,}\s*$", re.IGNORECASE)
_FIELD = re.compile(r"^\s*[*_]*(?:发件人|寄件人|寄件者|发送人|From|发件时间|发送时间|发送日期|寄件日期|Sent|日期|Date|收件人|收件者|To|抄送|Cc|主题|标题|主旨|Subject)[*_]*\s*[:：][*_]*", re.IGNORECASE)
_FIRST = re.compile(r"^\s*[*_]*(?:发件人|寄件人|寄件者|发送人|From)[*_]*\s*[:：]", re.IGNORECASE)
_WROTE = (
    re.compile(r"^\s*(?:On|At|Le|Am)\b.{4,200}\b(?:wrote|a écrit|schrieb)\s*[:：]?\s*$", re.IGNORECASE | re.DOTALL),
    re.compile(r"^\s*(?:在|于)?\s*.{0,120}\d.{0,160}(?:写道|寫道|写到|wrote)\s*[:：]\s*$", re.DOTALL),
    re.compile(r"^\s*.{1,120}<[^<>\s]+@[^<>\s]+>\s*(?:于|在)?.{0,80}(?:写道|寫道|wrote)\s*[:：]\s*$", re.DOTALL),
)
_LONGEST_WROTE = 600
"""Signs of the longest line that says who wrote; what is longer was made to keep the patterns busy."""
_ABOVE = "##- 请在此行以上回复"
_RULER = re.compile(r"^_{20,}\s*$")
_SENT_FROM = re.compile(
    r"^\s*(?:发自我的|從我的|从我的|来自我的|發自我的|由我的|Sent from (?:my|Mail|Outlook|Yahoo|the)|Get Outlook for|获取\s*(?:Outlook|适用于)|下载\s*Outlook|发自\s*(?:网易|QQ|Foxmail|新浪|钉钉|飞书|iPhone|华为|小米|vivo|OPPO)|从 (?:Windows|iPhone|Android).{0,12}(?:邮件|发送)).{0,60}$",
    re.IGNORECASE,
)
_SIGNATURE = re.compile(r"^-- ?$|^—— ?$")


def said_in(text: str) -> str:
    """The new words of a mail's text. When nothing is left (somebody wrote only between quoted lines), the text as it is."""
    lines = text.replace(CUT, f"\n{CUT}\n").split("\n")
    kept = _without_history(lines)
    kept = _without_signature(kept)
    said = re.sub(r"\n{3,}", "\n\n", "\n".join(line.rstrip() for line in kept)).strip()
    return said or re.sub(r"\n{3,}", "\n\n", "\n".join(line.rstrip() for line in lines if line != CUT)).strip()


def _without_history(lines: list[str]) -> list[str]:
    kept: list[str] = []
    at = 0
    while at < len(lines):
        line = lines[at]
        if line == CUT or _ABOVE in line or _DIVIDER.match(line) or _headers_begin(lines, at):
            break
        length = _attribution(lines, at)
        if length:
            follows = next((x for x in lines[at + length:] if x.strip()), "")
            if not follows.lstrip().startswith(">"):
                break
            at += length
            continue
        if not line.lstrip().startswith(">"):
            kept.append(line)
        at += 1
    while kept and (_RULER.match(kept[-1]) or not kept[-1].strip()):
        kept.pop()
    return kept


def _headers_begin(lines: list[str], at: int) -> bool:
    """发件人: … with at least two more fields of a header right below it."""
    if not _FIRST.match(lines[at]):
        return False
    near = [x for x in lines[at + 1: at + 9] if x.strip()][:5]
    return sum(bool(_FIELD.match(x)) for x in near) >= 2


def _attribution(lines: list[str], at: int) -> int:
    """How many lines say "on that day somebody wrote:"; 0 if none. Clients break it over up to three lines."""
    if not lines[at].strip() or lines[at].lstrip().startswith(">"):
        return 0
    for length in (1, 2, 3):
        some = lines[at: at + length]
        if len(some) < length or not some[-1].strip() or some[-1].lstrip().startswith(">"):
            return 0
        if _says_who(some):
            return 0 if any(_says_who(some[later:]) for later in range(1, length)) else length
    return 0


def _says_who(some: list[str]) -> bool:
    joined = "\n".join(line.strip() for line in some)
    return len(joined) <= _LONGEST_WROTE and any(pattern.match(joined) for pattern in _WROTE)


def _without_signature(lines: list[str]) -> list[str]:
    for at, line in enumerate(lines):
        if _SIGNATURE.match(line) and len(lines) - at <= 12:
            lines = lines[:at]
            break
    while lines and (not lines[-1].strip() or _SENT_FROM.match(lines[-1])):
        lines = lines[:-1]
    return lines
