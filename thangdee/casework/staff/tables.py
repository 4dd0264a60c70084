"""Tables of the staff: people, their roles, their open sessions, failed sign-ins."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Integer,
    LargeBinary,
    String,
    Table,
)

from thangdee.core.columns import AwareDateTime, DataClass, about, metadata
from thangdee.core.vault import data_key

_KEEP = "24 months after the account ended, as long as the audit names it"
_UNTIL_END = "until the account ends"
_UNTIL_OVER = "8 hours, or until the session ends"
_ONE_HOUR = "1 hour"

staff = Table(
    "staff",
    metadata,
    Column("id", String(32), primary_key=True, info=about(DataClass.TECHNICAL, "names the account", _KEEP)),
    Column(
        "sign_in_name",
        String(64),
        nullable=False,
        unique=True,
        info=about(DataClass.PSEUDONYM, "what they type to sign in, lower case", _KEEP),
    ),
    Column("shown_name", String(80), nullable=False, info=about(DataClass.PSEUDONYM, "what colleagues read", _KEEP)),
    Column("language", String(2), nullable=False, info=about(DataClass.PSEUDONYM, "of their pages", _KEEP)),
    Column("passphrase_hash", String(200), info=about(DataClass.SESSION, "argon2id; empty until chosen", _UNTIL_END)),
    Column(
        "key_id",
        String(32),
        ForeignKey(data_key.c.id, ondelete="SET NULL"),
        info=about(DataClass.TECHNICAL, "opens what is sealed of them", _UNTIL_END),
    ),
    Column("sealed_totp", LargeBinary, info=about(DataClass.SEALED, "secret of their code generator", _UNTIL_END)),
    Column("totp_step", BigInteger, info=about(DataClass.TECHNICAL, "30 s step of the last used code", _UNTIL_END)),
    Column("created_at", AwareDateTime, nullable=False, info=about(DataClass.TECHNICAL, "when", _KEEP)),
    Column("ended_at", AwareDateTime, info=about(DataClass.TECHNICAL, "nobody signs in any more", _KEEP)),
)

staff_role = Table(
    "staff_role",
    metadata,
    Column(
        "staff_id",
        String(32),
        ForeignKey(staff.c.id, ondelete="CASCADE"),
        primary_key=True,
        info=about(DataClass.TECHNICAL, "who", _UNTIL_END),
    ),
    Column("role", String(24), primary_key=True, info=about(DataClass.TECHNICAL, "what they do", _UNTIL_END)),
)

staff_session = Table(
    "staff_session",
    metadata,
    Column("id", String(32), primary_key=True, info=about(DataClass.TECHNICAL, "names the session", _UNTIL_OVER)),
    Column(
        "token_hash",
        String(64),
        nullable=False,
        unique=True,
        info=about(DataClass.SESSION, "keyed hash of what the cookie holds", _UNTIL_OVER),
    ),
    Column(
        "staff_id",
        String(32),
        ForeignKey(staff.c.id, ondelete="CASCADE"),
        nullable=False,
        index=True,
        info=about(DataClass.TECHNICAL, "whose", _UNTIL_OVER),
    ),
    Column("started_at", AwareDateTime, nullable=False, info=about(DataClass.TECHNICAL, "8 h at most", _UNTIL_OVER)),
    Column("seen_at", AwareDateTime, nullable=False, info=about(DataClass.TECHNICAL, "15 min idle", _UNTIL_OVER)),
    Column("factor_at", AwareDateTime, nullable=False, info=about(DataClass.TECHNICAL, "second factor", _UNTIL_OVER)),
    Column("has_passkey", Boolean, nullable=False, info=about(DataClass.TECHNICAL, "shown a passkey", _UNTIL_OVER)),
)

sign_in_try = Table(
    "sign_in_try",
    metadata,
    Column(
        "id",
        BigInteger().with_variant(Integer, "sqlite"),
        primary_key=True,
        autoincrement=True,
        info=about(DataClass.TECHNICAL, "order", _ONE_HOUR),
    ),
    Column(
        "key",
        String(64),
        nullable=False,
        index=True,
        info=about(DataClass.PSEUDONYM, "keyed hash of account and source", _ONE_HOUR),
    ),
    Column("at", AwareDateTime, nullable=False, info=about(DataClass.TECHNICAL, "when", _ONE_HOUR)),
)
