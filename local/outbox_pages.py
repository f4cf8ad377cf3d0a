"""The outbox as web pages and JSON; all that comes from mails is escaped or shut in a sandbox."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from html import escape
from urllib.parse import parse_qs, quote

from local import headers as mail_headers
from local.outbox import Content, Envelope, Outbox, age_in_words, content

PAGE_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'; base-uri 'none'; form-action 'none'"
)
SANDBOX = "allow-popups allow-popups-to-escape-sandbox"
MAIL_POLICY = (
    f"sandbox {SANDBOX}; default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'"
)
"""A mail's HTML may not run scripts, load anything or send forms; its links open in a new tab."""

STYLE = """
:root{color-scheme:light dark;--line:#8884;--soft:#8881;--link:#0b6bcb}
@media(prefers-color-scheme:dark){:root{--link:#7cb8ff}}
body{font:15px/1.5 system-ui,sans-serif;max-width:64rem;margin:0 auto;padding:0 1.25rem 3rem}
header{display:flex;justify-content:space-between;padding:1rem 0;border-bottom:1px solid var(--line)}
header b{margin-right:1rem}
a{color:var(--link);text-decoration:none}a:hover,a:focus{text-decoration:underline}
h1{font-size:1.4rem}h2{font-size:1rem;margin:1.5rem 0 .5rem}.dim{opacity:.7}
table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.45rem .6rem;vertical-align:top;
overflow-wrap:anywhere;border-bottom:1px solid var(--line)}
th{font-weight:600;white-space:nowrap}tbody th,.when{width:1%;padding-right:1.5rem}
.when{white-space:nowrap;text-align:right;font-variant-numeric:tabular-nums}
tbody tr:hover{background:var(--soft)}
pre{white-space:pre-wrap;overflow-wrap:anywhere;background:var(--soft);padding:1rem;border-radius:.4rem;margin:0}
iframe{width:100%;height:20rem;resize:vertical;border:1px solid var(--line);border-radius:.4rem;
background:#fff}
"""

MAIL_STYLE = ":where(body){font:15px/1.5 system-ui,sans-serif;margin:1rem}"
"""How a mail looks that brings no style; any rule of its own comes before this one."""

HEADER = (
    "<header><nav><b>Rapport</b> <a href='/outbox'>Outbox</a> · <a href='/docs'>API</a></nav>"
    "<span class=dim>Local cloud: nothing leaves this machine</span></header>"
)


@dataclass(frozen=True)
class Answer:
    """An HTTP answer: status, headers, body."""

    status: int
    headers: dict[str, str]
    body: bytes


def answer(outbox: Outbox, path: str, query: str) -> Answer:
    """The answer to GET of a path that begins with /outbox."""
    try:
        return _route(outbox, [part for part in path.split("/") if part], query)
    except (KeyError, IndexError, ValueError):
        return _page("Not there", "<p>There is no such mail. <a href='/outbox'>All mails</a></p>", status=404)


def _route(outbox: Outbox, parts: list[str], query: str) -> Answer:
    match parts:
        case ["outbox"]:
            return list_page(outbox.list(200), datetime.now(UTC))
        case ["outbox.json"]:
            return list_json(outbox, parse_qs(query))
        case ["outbox", name] if name.endswith(".eml"):
            return _download(outbox.raw(name.removesuffix(".eml")), "message/rfc822", name)
        case ["outbox", name]:
            return mail_page(outbox.envelope(name), outbox.raw(name))
        case ["outbox", name, "html"]:
            return html_view(content(outbox.raw(name)))
        case ["outbox", name, "attachments", number] if number.isdecimal():
            found = content(outbox.raw(name)).attachments[int(number)]
            return _download(found.content, "application/octet-stream", found.name)
    raise KeyError("/".join(parts))


def list_page(envelopes: list[Envelope], now: datetime) -> Answer:
    """All mails, newest first; the page refreshes itself."""
    rows = "".join(
        f"<tr><td class='dim when'>{age_in_words(one.sent_at, now)}</td>"
        f"<td>{escape(', '.join(one.recipients))}</td>"
        f"<td><a href='/outbox/{quote(one.id)}'>{escape(one.subject) or '(no subject)'}</a></td></tr>"
        for one in envelopes
    )
    table = f"<table><thead><tr><th class=when>Ago<th>To<th>Subject</tr></thead><tbody>{rows}</tbody></table>"
    empty = "<p>No mail was sent yet. What Rapport sends appears here; nothing leaves this machine.</p>"
    return _page(f"Outbox ({len(envelopes)})", table if envelopes else empty, refresh=3)


def mail_page(envelope: Envelope, raw: bytes) -> Answer:
    """One mail: who and when, text, HTML, attachments, headers."""
    shown = content(raw)
    base = f"/outbox/{quote(envelope.id)}"
    sections = [
        f"<p><a href='/outbox'>← All mails</a> · <a href='{base}.eml'>Raw .eml</a></p>",
        _table(
            {
                "From": envelope.sender,
                "To (envelope)": ", ".join(envelope.recipients),
                "Sent": envelope.sent_at,
                "SES message id": envelope.message_id,
                "Tags": ", ".join(
                    f"{name}={value}" for name, values in envelope.tags.items() for value in values
                ),
            }
        ),
    ]
    if shown.text:
        sections.append(f"<h2>Text</h2><pre>{escape(shown.text)}</pre>")
    if shown.html:
        frame = f"<iframe src='{base}/html' sandbox='{SANDBOX}' title='HTML part'></iframe>"
        sections.append(f"<h2>HTML</h2>{frame}")
    if shown.attachments:
        sections.append(f"<h2>Attachments</h2><ul>{_attachments(base, shown)}</ul>")
    lines = "\n".join(f"{name}: {value}" for name, value in mail_headers.pairs(raw))
    sections.append(f"<h2>Headers</h2><pre>{escape(lines)}</pre>")
    return _page(envelope.subject or "(no subject)", "".join(sections))


def _attachments(base: str, shown: Content) -> str:
    return "".join(
        f"<li><a href='{base}/attachments/{number}'>{escape(one.name)}</a> "
        f"<span class=dim>{escape(one.type)}, {len(one.content)} bytes</span></li>"
        for number, one in enumerate(shown.attachments)
    )


def _table(rows: dict[str, str]) -> str:
    cells = (f"<tr><th>{escape(name)}<td>{escape(value)}</tr>" for name, value in rows.items() if value)
    return f"<table><tbody>{''.join(cells)}</tbody></table>"


def html_view(shown: Content) -> Answer:
    """The mail's HTML for the frame, shut in."""
    body = f"<!doctype html><base target=_blank><style>{MAIL_STYLE}</style>{shown.html}"
    return Answer(200, _safe("text/html; charset=utf-8", MAIL_POLICY), body.encode("utf-8", "replace"))


def list_json(outbox: Outbox, query: dict[str, list[str]]) -> Answer:
    """Mails with their content for programs, newest first: `?to=<envelope address>&limit=<1..500>`."""
    limit = max(1, min(500, int(query.get("limit", ["50"])[0])))
    to = query.get("to", [""])[0].lower()
    found = [one for one in outbox.list() if not to or to in {address.lower() for address in one.recipients}]
    body = json.dumps({"data": [as_json(one, outbox.raw(one.id)) for one in found[:limit]]})
    return Answer(200, _safe("application/json", PAGE_POLICY), body.encode())


def as_json(envelope: Envelope, raw: bytes) -> dict[str, object]:
    """A mail's envelope, headers (in order), text, HTML and what its attachments are."""
    shown = content(raw)
    attachments = [
        {"name": one.name, "type": one.type, "size": len(one.content)} for one in shown.attachments
    ]
    return {
        **asdict(envelope),
        "headers": mail_headers.pairs(raw),
        "text": shown.text,
        "html": shown.html,
        "attachments": attachments,
        "raw_url": f"/outbox/{quote(envelope.id)}.eml",
    }


def _page(title: str, body: str, *, status: int = 200, refresh: int = 0) -> Answer:
    again = f"<meta http-equiv=refresh content={refresh}>" if refresh else ""
    page = (
        f"<!doctype html><html lang=en><meta charset=utf-8>{again}"
        f"<meta name=viewport content='width=device-width'>"
        f"<title>{escape(title)} · Rapport</title><style>{STYLE}</style>{HEADER}"
        f"<h1>{escape(title)}</h1>{body}</html>"
    )
    return Answer(status, _safe("text/html; charset=utf-8", PAGE_POLICY), page.encode("utf-8", "replace"))


def _download(body: bytes, kind: str, name: str) -> Answer:
    disposition = f"attachment; filename*=UTF-8''{quote(name, safe='', errors='replace')}"
    return Answer(200, {**_safe(kind, PAGE_POLICY), "Content-Disposition": disposition}, body)


def _safe(kind: str, policy: str) -> dict[str, str]:
    return {
        "Content-Type": kind,
        "Content-Security-Policy": policy,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "no-store",
    }
