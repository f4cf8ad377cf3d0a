"""What is proposed for the columns of common exports, and how cells become fields."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.customers.definitions import Definitions
from chalicelib.kernel.errors import Invalid
from chalicelib.transfer.headers import SOURCES
from chalicelib.transfer.mapping import FIELD, Mapper
from chalicelib.transfer.proposing import plain, propose
from chalicelib.transfer.reading.records import Record


def proposed(*columns: str) -> list[str]:
    return [one.field for one in propose(columns, [[] for _ in columns])]


def test_common_exports_are_known() -> None:
    google = ["Given Name", "Family Name", "E-mail 1 - Value", "Phone 1 - Value", "Group Membership"]
    assert proposed(*google) == ["first_name", "last_name", "email", "phone", "tags"]
    assert proposed("Email Address", "FNAME", "LNAME", "TAGS", "EUID") == [
        "email", "first_name", "last_name", "tags", "ignore",
    ]  # fmt: skip
    outlook = ["E-mail 2 Address", "Business Phone", "Company", "Categories"]
    assert proposed(*outlook) == ["email", "phone", "company", "tags"]
    assert proposed("FirstName", "MobilePhone", "Account Name") == ["first_name", "phone", "company"]
    assert proposed("Prénom", "Téléphone", "Firma", "Correo electrónico") == [
        "first_name", "phone", "company", "email",
    ]  # fmt: skip


def test_a_misspelled_name_is_likely_and_a_strange_one_ignored() -> None:
    [likely, strange, valued] = propose(["Emial adress", "Shoe", "X"], [[], [], ["a@example.org"]])
    assert (likely.field, 0 < likely.confidence < 1) == ("email", True)
    assert (strange.field, strange.confidence) == ("ignore", 0)
    assert (valued.field, valued.why) == ("email", "holds e-mail addresses")
    assert proposed("custom.size", "external_ids.erp", "handle.x") == [
        "custom.size", "external_id.erp", "handle.x",
    ]  # fmt: skip


def test_each_known_name_leads_to_a_field_that_a_mapping_takes() -> None:
    import re

    for names in SOURCES.values():
        assert all(re.fullmatch(FIELD, field) for field in names.values())
        assert all(plain(name) for name in names)


def fields(mapping: dict[str, str], *cells: str, empty: bool = False, **defaults: Any) -> dict[str, Any]:
    mapper = Mapper(
        list(mapping), mapping, source="erp", defaults=defaults, empty=empty, definitions=Definitions()
    )
    return mapper.fields(Record(0, list(cells)))


def test_cells_become_fields() -> None:
    mapping = {
        "a": "first_name",
        "b": "last_name",
        "c": "email",
        "d": "email",
        "e": "tags",
        "f": "external_id",
    }
    given = fields(mapping, "Ada", "King", "a@x.org ::: b@x.org", "c@x.org", "* one ::: two,three", " 7 ")
    assert given == {
        "name": "Ada King",
        "emails": ["a@x.org", "b@x.org", "c@x.org"],
        "tags": ["one", "two", "three"],
        "external_ids": {"erp": "7"},
    }
    mapping = {"a": "handle.x", "b": "stage", "c": "locale", "d": "custom.size", "e": "company"}
    assert fields(mapping, "@ada", "Opportunity", "en_GB") == {
        "handles": ["x:ada"], "stage": "prospect", "locale": "en-GB",
    }  # fmt: skip
    assert fields(mapping, empty=True)["custom"] == {"size": ""}
    assert fields(mapping, empty=True)["company"] is None
    assert fields({"a": "tags"}, "x", tags=["y"]) == {"tags": ["x", "y"]}


def test_a_mapping_is_of_the_files_own_columns() -> None:
    for mapping in ({"other": "name"}, {"a": "ignore"}):
        with pytest.raises(Invalid):
            Mapper(["a"], mapping, source="erp", defaults={}, empty=False, definitions=Definitions())
