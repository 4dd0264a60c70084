"""The directory's tables: those of HSDS, made from `hsds`, and three of our own beside them."""

from sqlalchemy import JSON, Column, Date, Double, ForeignKey, Index, Integer, LargeBinary, String, Table, Text

from thangdee.core.columns import AwareDateTime, DataClass, about, metadata
from thangdee.core.vault import data_key
from thangdee.referral_directory.hsds import RECORDS, Field, Kind, Record

_KEEP = "while the directory is kept; nothing is deleted, it gets a state"
_UUID = String(36)


def _column(record: Record, field: Field) -> Column[str]:
    info = about(DataClass.PUBLIC, f"HSDS {record.name}.{field.name}", _KEEP)
    # Links that HSDS leaves open may point to records of other publishers: only what a table must have is held.
    links = [ForeignKey(f"{field.links_to}.id")] if field.links_to and field.in_tables else []
    kind = {Kind.UUID: _UUID, Kind.NUMBER: Double()}.get(field.kind, Text())
    return Column(field.name, kind, *links, primary_key=field.name == "id", nullable=not field.in_json, info=info)


def _table(record: Record) -> Table:
    made = Table(record.name, metadata, *(_column(record, field) for field in record.fields))
    for field in record.fields:
        if field.kind is Kind.UUID and field.name != "id":
            Index(None, made.c[field.name])
    return made


TABLES: dict[str, Table] = {name: _table(record) for name, record in RECORDS.items()}

assurance = Table(
    "assurance",
    metadata,
    Column("id", _UUID, primary_key=True, info=about(DataClass.TECHNICAL, "names the check", _KEEP)),
    Column("entity", String(24), nullable=False, info=about(DataClass.TECHNICAL, "table of what was checked", _KEEP)),
    Column("entity_id", _UUID, nullable=False, info=about(DataClass.TECHNICAL, "row of what was checked", _KEEP)),
    Column("assured_on", Date, info=about(DataClass.PUBLIC, "day of the check; empty: never checked", _KEEP)),
    Column("assured_by", String(64), info=about(DataClass.TECHNICAL, "who checked", _KEEP)),
    Column("how", String(16), nullable=False, info=about(DataClass.PUBLIC, "how it was checked", _KEEP)),
    Column("source", String(200), info=about(DataClass.PUBLIC, "who or what says so", _KEEP)),
    Column("source_year", Integer, info=about(DataClass.PUBLIC, "how old the source is", _KEEP)),
    Column("entered_at", AwareDateTime, nullable=False, info=about(DataClass.TECHNICAL, "the last row counts", _KEEP)),
    Index(None, "entity_id"),
)

# Never joined by a read that serves an export, the API or the chat: `confidential` alone opens it.
confidential_address = Table(
    "confidential_address",
    metadata,
    Column(
        "location_id",
        _UUID,
        ForeignKey("location.id"),
        primary_key=True,
        info=about(DataClass.TECHNICAL, "which location is kept secret", _KEEP),
    ),
    Column(
        "key_id",
        String(32),
        ForeignKey(data_key.c.id, ondelete="SET NULL"),
        info=about(DataClass.TECHNICAL, "which key opens the address", _KEEP),
    ),
    Column(
        "sealed_address",
        LargeBinary,
        nullable=False,
        info=about(DataClass.SEALED, "where a shelter is; for staff who bring somebody there", _KEEP),
    ),
)

village = Table(
    "village",
    metadata,
    Column("id", String(40), primary_key=True, info=about(DataClass.PUBLIC, "names the village", _KEEP)),
    Column("district", String(8), nullable=False, info=about(DataClass.PUBLIC, "code of its district", _KEEP)),
    Column("name", Text, nullable=False, info=about(DataClass.PUBLIC, "its name now", _KEEP)),
    Column("name_th", Text, info=about(DataClass.PUBLIC, "its name in Thai", _KEEP)),
    Column("name_en", Text, info=about(DataClass.PUBLIC, "its name in Latin letters", _KEEP)),
    Column("former_names", JSON, nullable=False, info=about(DataClass.PUBLIC, "names it had", _KEEP)),
    Column("merged_into", String(40), info=about(DataClass.PUBLIC, "village it is part of now", _KEEP)),
    Index(None, "district"),
)
