"""The directory: the tables of HSDS 3.1 as they stood, checks of facts, sealed addresses, villages."""

import re

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# One column a word, in the order in which tables can be made: `:id` a link, `:n` a number, else text;
# `>table` a link that the database holds; `!` never empty. Every table begins with its id.
_TABLES = {
    "accessibility": "location_id:id description details url",
    "address": "location_id:id attention address_1! address_2 city! region state_province! postal_code! country!"
    " address_type!",
    "contact": "organization_id:id service_id:id service_at_location_id:id location_id:id name title department email",
    "funding": "organization_id:id service_id:id source",
    "language": "service_id:id location_id:id phone_id:id name code note",
    "location": "location_type! url organization_id:id name alternate_name description transportation latitude:n"
    " longitude:n external_identifier external_identifier_type",
    "meta_table_description": "name language character_set",
    "metadata": "resource_id:id resource_type last_action_date! last_action_type! field_name! previous_value!"
    " replacement_value! updated_by!",
    "organization": "name! alternate_name description! email website tax_status tax_id year_incorporated:n legal_status"
    " logo uri parent_organization_id:id",
    "phone": "location_id:id service_id:id organization_id:id contact_id:id service_at_location_id:id number!"
    " extension:n type description",
    "required_document": "service_id:id document uri",
    "schedule": "service_id:id location_id:id service_at_location_id:id valid_from valid_to dtstart timezone:n until"
    " count:n wkst freq interval:n byday byweekno bymonthday byyearday description opens_at closes_at"
    " schedule_link attending_type notes",
    "service_area": "service_id:id service_at_location_id:id name description extent extent_type uri",
    "taxonomy": "name! description! uri version",
    "taxonomy_term": "code name! description! parent_id:id taxonomy language taxonomy_id:id term_uri",
    "unit": "name! scheme identifier uri",
    "url": "label url! organization_id:id service_id:id",
    "attribute": "link_id:id taxonomy_term_id:id>taxonomy_term link_type link_entity value label",
    "organization_identifier": "organization_id:id>organization identifier_scheme identifier_type! identifier!",
    "program": "organization_id:id>organization name! alternate_name description!",
    "service": "organization_id:id>organization program_id:id name! alternate_name description url email status!"
    " interpretation_services application_process fees_description wait_time fees accreditations"
    " eligibility_description minimum_age:n maximum_age:n assured_date assurer_email licenses alert"
    " last_modified",
    "cost_option": "service_id:id>service valid_from valid_to option currency amount:n amount_description",
    "service_at_location": "service_id:id>service location_id:id>location description",
    "service_capacity": "service_id:id>service unit_id:id>unit available:n! maximum:n description updated!",
}
_COLUMN = re.compile(r"(\w+)(?::(\w+))?(?:>(\w+))?(!?)$")


def upgrade() -> None:
    for table, words in _TABLES.items():
        _create(table, [_COLUMN.match(word).groups() for word in words.split()])  # type: ignore[union-attr, misc]
    op.create_table(
        "assurance",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("entity", sa.String(length=24), nullable=False),
        sa.Column("entity_id", sa.String(length=36), nullable=False),
        sa.Column("assured_on", sa.Date(), nullable=True),
        sa.Column("assured_by", sa.String(length=64), nullable=True),
        sa.Column("how", sa.String(length=16), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=True),
        sa.Column("source_year", sa.Integer(), nullable=True),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assurance")),
    )
    op.create_index(op.f("ix_assurance_entity_id"), "assurance", ["entity_id"])
    op.create_table(
        "confidential_address",
        sa.Column("location_id", sa.String(length=36), nullable=False),
        sa.Column("key_id", sa.String(length=32), nullable=True),
        sa.Column("sealed_address", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["location_id"], ["location.id"], name=op.f("fk_confidential_address_location_id")),
        sa.ForeignKeyConstraint(
            ["key_id"], ["data_key.id"], name=op.f("fk_confidential_address_key_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("location_id", name=op.f("pk_confidential_address")),
    )
    op.create_table(
        "village",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("district", sa.String(length=8), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_th", sa.Text(), nullable=True),
        sa.Column("name_en", sa.Text(), nullable=True),
        sa.Column("former_names", sa.JSON(), nullable=False),
        sa.Column("merged_into", sa.String(length=40), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_village")),
    )
    op.create_index(op.f("ix_village_district"), "village", ["district"])


def downgrade() -> None:
    for table in ("village", "confidential_address", "assurance", *reversed(_TABLES)):
        op.drop_table(table)


def _create(table: str, columns: list[tuple[str, str, str, str]]) -> None:
    kinds = {"id": sa.String(length=36), "n": sa.Double(), None: sa.Text()}
    op.create_table(
        table,
        sa.Column("id", sa.String(length=36), nullable=False),
        *(sa.Column(name, kinds[kind], nullable=not needed) for name, kind, _, needed in columns),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        *(
            sa.ForeignKeyConstraint([name], [f"{link}.id"], name=op.f(f"fk_{table}_{name}"))
            for name, _, link, _ in columns
            if link
        ),
    )
    for name, kind, _, _ in columns:
        if kind == "id":
            op.create_index(op.f(f"ix_{table}_{name}"), table, [name])
