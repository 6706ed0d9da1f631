"""Sending one message to one recipient by SMTP."""

from __future__ import annotations

import contextlib
import smtplib
import socket
import ssl
from collections.abc import Iterator

from amends.adapters.mail.protocol import ANSWER, CONNECT, TAKEN, MailTrouble, Server


def send(server: Server, sender: str, recipient: str, raw: bytes) -> str:
    """Hand over a message (lines end in CR LF); answers the server's words. Raises MailTrouble: `later` may be tried again, `never` may not."""
    with _session(server) as smtp, _told():
        options = ["SMTPUTF8"] if not (sender.isascii() and recipient.isascii()) else []
        if options and not smtp.has_extn("smtputf8"):
            raise MailTrouble("never", "the server takes no addresses outside ASCII")
        _must(smtp.mail(sender, options))
        _must(smtp.rcpt(recipient))
        if smtp.sock is not None:
            smtp.sock.settimeout(TAKEN)
        answer = smtp.data(raw)
        _must(answer)
        return _words(answer[1])


def try_sending(server: Server) -> None:
    """Sign in and say NOOP, to see whether it works; no mail leaves. Raises MailTrouble."""
    with _session(server) as smtp, _told():
        _must(smtp.noop())


@contextlib.contextmanager
def _session(server: Server) -> Iterator[smtplib.SMTP]:
    with _told():
        try:
            made = (
                smtplib.SMTP_SSL(server.host, server.port, timeout=CONNECT, context=server.tls()) if server.security == "tls" else smtplib.SMTP(server.host, server.port, timeout=CONNECT)
            )
        except smtplib.SMTPConnectError as error:
            raise MailTrouble("never" if error.smtp_code == 554 else "later", _words(error.smtp_error)) from None
        except smtplib.SMTPServerDisconnected:
            raise MailTrouble("broken") from None
        except (ConnectionError, socket.gaierror) as error:
            raise MailTrouble("unreachable", error.strerror or "") from None
    try:
        with _told():
            if made.sock is not None:
                made.sock.settimeout(ANSWER)
            made.ehlo_or_helo_if_needed()
            if server.security == "starttls":
                if not made.has_extn("starttls"):
                    raise MailTrouble("tls", "STARTTLS is not offered")
                made.starttls(context=server.tls())
                made.ehlo()
            if server.user:
                made.login(server.user, server.password)
        yield made
        with contextlib.suppress(smtplib.SMTPException, OSError):
            made.quit()
    finally:
        made.close()


@contextlib.contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except MailTrouble:
        raise
    except smtplib.SMTPAuthenticationError as error:
        raise MailTrouble("later" if error.smtp_code < 500 else "login", _words(error.smtp_error)) from None
    except smtplib.SMTPNotSupportedError:
        raise MailTrouble("login", "AUTH is not offered") from None
    except smtplib.SMTPResponseException as error:
        raise MailTrouble("later" if error.smtp_code < 500 else "never", _words(error.smtp_error)) from None
    except TimeoutError:
        raise MailTrouble("timeout") from None
    except ssl.SSLError as error:
        raise MailTrouble("tls", error.reason or "") from None
    except (smtplib.SMTPException, EOFError) as error:
        raise MailTrouble("broken", _words(str(error))) from None
    except OSError as error:
        raise MailTrouble("broken", error.strerror or "") from None


def _must(answer: tuple[int, bytes]) -> None:
    code, words = answer
    if code == 421 or 400 <= code < 500:
        raise MailTrouble("later", f"{code} {_words(words)}")
    if code in (530, 534, 535):  # it wants us signed in: about us, not about the message
        raise MailTrouble("login", f"{code} {_words(words)}")
    if code >= 500:
        raise MailTrouble("never", f"{code} {_words(words)}")
    if code < 200:
        raise MailTrouble("broken", f"{code} {_words(words)}")


def _words(text: bytes | str) -> str:
    said = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return "".join(c if c.isprintable() else " " for c in said)[:300].strip()
