"""The link to an attachment that was too large for its mail: it leads to a presigned one of a few minutes.

A presigned link itself would end with the credentials of the function that signed it, within hours.
"""

from __future__ import annotations

from chalicelib.kernel import ids
from chalicelib.kernel.errors import NotFound
from chalicelib.kernel.http.routes import Raw
from chalicelib.mail import contents, links


def found(token: str) -> Raw:
    """A redirection to the file. Raises NotFound `no_such_attachment`, also when the link is over."""
    wanted = links.download(token, ids.now())
    if wanted is None:
        raise NotFound("This link is over, or not complete.", code="no_such_attachment")
    url = contents.attachment_link(wanted.message_id, wanted.attachment_id).url
    return Raw("", "text/plain", {"Location": url, "Cache-Control": "no-store"}, 302)
