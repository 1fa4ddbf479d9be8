"""E-mail (.eml): the text of the message is a letter, and so is each attachment."""

from __future__ import annotations

import re
from email import policy
from email.errors import MessageError
from email.parser import BytesParser
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from mhnlp.letter import Metadata
from mhnlp.reading._builder import Draft

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import EmailMessage, MIMEPart

    from mhnlp.reading._builder import ReadingLimits


def read_mail(data: bytes, limits: ReadingLimits) -> Draft:
    """Read the text of a message; its attachments are letters of their own (`mhnlp.reading.read_letters`).

    Raises
    ------
    ValueError
        If it is no message, or has no text.
    """
    message = _parse(data)
    body = message.get_body(preferencelist=("plain", "html"))
    if body is None:
        raise ValueError("it is no e-mail message with a text; its attachments are read with `read_letters`")
    content = _content(body)
    if body.get_content_subtype() == "html":
        from mhnlp.reading.html import read_html  # noqa: PLC0415 - not for messages of plain text

        draft = read_html(content.encode("utf-8", "replace"), limits)
    else:
        draft = Draft(limits, text=content.replace("\r\n", "\n"))
    draft.metadata = _metadata(message)
    return draft


def attachments(data: bytes) -> Iterator[tuple[str, bytes]]:
    """Names and bytes of a message's attachments.

    Raises
    ------
    ValueError
        If it is no message.
    """
    for number, part in enumerate(_parse(data).iter_attachments(), 1):
        payload = part.get_payload(decode=True)
        if part.get_content_type() == "message/rfc822":
            inner = part.get_payload(0)
            payload = inner.as_bytes() if not isinstance(inner, str) else inner.encode("utf-8", "replace")
        name = re.sub(r"[\\/\x00-\x1f]", "_", part.get_filename() or f"attachment-{number}{_suffix(part)}")
        if isinstance(payload, bytes):
            yield name, payload


def _suffix(part: object) -> str:
    kind = part.get_content_type()  # type: ignore[attr-defined]
    return {"application/pdf": ".pdf", "text/plain": ".txt", "text/html": ".html", "message/rfc822": ".eml"}.get(
        kind, ""
    )


def _parse(data: bytes) -> EmailMessage:
    try:
        message = BytesParser(policy=policy.default).parsebytes(data)
        if not message.keys():
            raise ValueError("it is no e-mail message: it has no header")
    except (MessageError, IndexError, KeyError, AttributeError, TypeError) as error:
        raise ValueError(f"it is no e-mail message ({type(error).__name__})") from error
    return message


def _content(body: MIMEPart) -> str:
    try:
        return str(body.get_content())
    except (LookupError, KeyError, ValueError, AttributeError):
        # An unknown or a wrong character set: the bytes are read as text files are.
        from mhnlp.decoding import decode  # noqa: PLC0415

        payload = body.get_payload(decode=True)
        return decode(payload if isinstance(payload, bytes) else b"")


def _metadata(message: EmailMessage) -> Metadata:
    try:
        header = {name: str(message.get(name, "")) for name in ("From", "To", "Subject", "Date")}
        day = parsedate_to_datetime(header["Date"]).date().isoformat() if header["Date"] else ""
    except (ValueError, TypeError, IndexError, AttributeError, MessageError):
        return Metadata()
    found = {"date": day, "sender": header["From"], "recipient": header["To"], "subject": header["Subject"]}
    filled = {name: value for name, value in found.items() if value}
    return Metadata(**filled, certainty=dict.fromkeys(filled, 0.7))
