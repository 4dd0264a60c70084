"""Every column declares what it is (R21); times are aware."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import Column, LargeBinary, MetaData, String, Table
from sqlalchemy.dialects import sqlite

from tests.every_module import import_all
from thangdee.core.columns import AwareDateTime, DataClass, about, metadata, outcomes_metadata

import_all()  # every table
OUTCOMES = {"outcomes.resident", "outcomes.search", "outcomes.wish", "outcomes.release", "outcomes.audit_detail"}
TABLES = {"data_key", "job", "chat", "consent", "said", "phone_message", "alert", "duty", "figure"}


def unclassified(of: MetaData) -> list[str]:
    """Columns that do not declare class, purpose and retention."""
    return [
        f"{table.name}.{column.name}"
        for table in of.tables.values()
        for column in table.columns
        if not isinstance(column.info.get("class"), DataClass)
        or not str(column.info.get("purpose", "")).strip()
        or not str(column.info.get("keep", "")).strip()
    ]


def test_every_column_classified() -> None:
    assert set(metadata.tables) >= TABLES
    assert unclassified(metadata) == []
    assert set(outcomes_metadata.tables) >= OUTCOMES
    assert unclassified(outcomes_metadata) == []


def test_every_column_classified_fails_for_one_that_is_not() -> None:
    strange = MetaData()
    said = about(DataClass.SESSION, "who", "a day")
    Table(
        "t", strange, Column("a", String), Column("b", String, info=said), Column("c", String, info=said | {"keep": ""})
    )

    assert unclassified(strange) == ["t.a", "t.c"]


def test_what_is_called_sealed_is_binary_and_the_other_way_round() -> None:
    tables = [*metadata.tables.values(), *outcomes_metadata.tables.values()]
    columns = [column for table in tables for column in table.columns]

    sealed = {str(column) for column in columns if column.info["class"] is DataClass.SEALED}
    binary = {str(column) for column in columns if isinstance(column.type, LargeBinary)}
    named = {str(column) for column in columns if column.name.startswith("sealed_")}

    assert sealed == binary
    assert named | {"data_key.wrapped"} == sealed


def test_a_naive_time_is_refused_and_others_become_utc() -> None:
    column, dialect = AwareDateTime(), sqlite.dialect()
    bangkok = datetime(2026, 11, 22, 15, 0, tzinfo=timezone(timedelta(hours=7)))

    with pytest.raises(ValueError, match="zone"):
        column.process_bind_param(datetime(2026, 11, 22), dialect)  # noqa: DTZ001 - the fault
    assert column.process_bind_param(bangkok, dialect).utcoffset() == timedelta(0)
    assert column.process_result_value(datetime(2026, 11, 22, 8), dialect) == bangkok  # noqa: DTZ001 - as SQLite gives it
    assert column.process_result_value(bangkok, dialect).tzinfo is UTC
    assert column.process_bind_param(None, dialect) is column.process_result_value(None, dialect) is None
