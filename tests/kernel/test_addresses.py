"""E-mail addresses: those whose domain is known already are checked the short way, with the same answer."""

from __future__ import annotations

import pytest
from email_validator import EmailNotValidError, validate_email
from hypothesis import example, given
from hypothesis import strategies as st

from chalicelib.kernel.addresses import normal_email

LOCAL = st.text("abZ09._+-'é ", max_size=70)
DOMAIN = st.one_of(
    st.sampled_from(
        ["example.org", "EXAMPLE.org", "a.test", "localhost", "straße.de", "[1.2.3.4]", "a_b.org"]
    ),
    st.text("ab-.1", max_size=260),
)


@given(LOCAL, DOMAIN)
@example("a" * 64, "example.org")
@example("a" * 65, "example.org")
@example("a." * 32 + "b", "example.org")
@example("a" * 60, ".".join(["b" * 63, "c" * 63, "d" * 62, "org"]))
def test_the_short_way_gives_the_same_answer(local: str, domain: str) -> None:
    text = f"{local}@{domain}"
    try:
        expected = validate_email(text.strip(), check_deliverability=False, strict=True).normalized
    except EmailNotValidError:
        with pytest.raises(ValueError, match="is not an e-mail address"):
            normal_email(text)
    else:
        assert normal_email(text) == expected
