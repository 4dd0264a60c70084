"""Made-up colleagues of the demo, so that one can look around as each of them."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework.staff import accounts, entering, sessions
from thangdee.casework.staff.roles import Role
from thangdee.core.vault import Vault

# Who they are, with what their colleagues read; `sign_in.as.<who>` says it on the button.
SAMPLES: dict[str, tuple[str, Role]] = {
    "counsellor": ("Noy (sample)", Role.COUNSELLOR),
    "second_counsellor": ("Kham (sample)", Role.COUNSELLOR),
    "tracer": ("Dao (sample)", Role.TRACER),
    "second_tracer": ("Bee (sample)", Role.TRACER),
    "child_protection": ("Keo (sample)", Role.CHILD_PROTECTION),
    "supervisor": ("Mali (sample)", Role.SUPERVISOR),
    "directory_editor": ("Boun (sample)", Role.DIRECTORY_EDITOR),
    "provider": ("Chan of a sample organisation", Role.PROVIDER),
    "shelter_officer": ("Ratana of a shelter (sample)", Role.SHELTER_OFFICER),
    "auditor": ("Somchai (sample)", Role.AUDITOR),
    "administrator": ("Vieng (sample)", Role.ADMINISTRATOR),
}


async def sample_session(connection: AsyncConnection, vault: Vault, who: str, language: str, now: datetime) -> str:
    """Begin a session of a sample colleague and return its token."""
    known_id = await sample_account(connection, vault, who, language, now)
    # The demo has no passkeys; nothing here is anybody's.
    token = await sessions.start(connection, vault.keyring, known_id, now, with_passkey=True)
    await entering.note_entry(connection, vault, known_id, "demo", now)
    return token


async def sample_account(connection: AsyncConnection, vault: Vault, who: str, language: str, now: datetime) -> str:
    """Return the account of a sample colleague, who is made when first asked for."""
    shown_name, role = SAMPLES[who]
    name = f"sample-{who}"
    known = await accounts.by_name(connection, name)
    if known is None:
        return await accounts.add(
            connection, vault, name=name, shown_name=shown_name, roles={role}, language=language, now=now
        )
    await accounts.rename(connection, known.id, shown_name=known.name, language=language)
    return known.id
