"""What each role may do: everything that is not named here is refused (R37)."""

from collections.abc import Iterable
from enum import StrEnum


class Role(StrEnum):
    """What a member of staff was asked to do. One person may have several; an administrator sees no content."""

    COUNSELLOR = "counsellor"
    TRACER = "tracer"
    CHILD_PROTECTION = "child_protection"
    SUPERVISOR = "supervisor"
    DIRECTORY_EDITOR = "directory_editor"
    PROVIDER = "provider"
    SHELTER_OFFICER = "shelter_officer"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


class Permission(StrEnum):
    """What a page or a deed needs."""

    OWN_ACCOUNT = "own_account"
    SEE_QUEUE = "see_queue"
    TALK = "talk"
    SEE_TEAM = "see_team"
    SEE_HEALTH = "see_health"
    DECIDE_HELD = "decide_held"
    BREAK_GLASS = "break_glass"
    SEE_DUTY = "see_duty"
    PLAN_DUTY = "plan_duty"
    READ_CONTENT = "read_content"
    EDIT_CONTENT = "edit_content"
    TEACH = "teach"
    READ_DIRECTORY = "read_directory"
    EDIT_DIRECTORY = "edit_directory"
    OPEN_SEALED_ADDRESS = "open_sealed_address"
    WORK_REFERRALS = "work_referrals"
    ANSWER_REFERRALS = "answer_referrals"
    MANAGE_PROVIDERS = "manage_providers"
    ANSWER_COMPLAINTS = "answer_complaints"
    TRACE = "trace"
    APPROVE_RELEASE = "approve_release"
    DECIDE_FOR_CHILD = "decide_for_child"
    ENTER_RESIDENTS = "enter_residents"
    MANAGE_SHELTERS = "manage_shelters"
    READ_AUDIT = "read_audit"
    MANAGE_STAFF = "manage_staff"


_TALKERS = {
    Permission.SEE_QUEUE, Permission.SEE_DUTY, Permission.TALK, Permission.BREAK_GLASS, Permission.READ_CONTENT,
    Permission.READ_DIRECTORY, Permission.WORK_REFERRALS,
}  # fmt: skip

MATRIX: dict[Role, frozenset[Permission]] = {
    Role.COUNSELLOR: frozenset(_TALKERS | {Permission.TEACH}),
    Role.TRACER: frozenset(
        _TALKERS
        | {Permission.DECIDE_HELD, Permission.TRACE, Permission.APPROVE_RELEASE, Permission.DECIDE_FOR_CHILD}
    ),
    # Decides with a colleague what is good for a child (R9).
    Role.CHILD_PROTECTION: frozenset(_TALKERS | {Permission.TEACH, Permission.DECIDE_FOR_CHILD}),
    Role.SUPERVISOR: frozenset(
        _TALKERS
        | {
            Permission.SEE_TEAM, Permission.SEE_HEALTH, Permission.DECIDE_HELD, Permission.PLAN_DUTY,
            Permission.EDIT_CONTENT, Permission.TEACH, Permission.EDIT_DIRECTORY, Permission.OPEN_SEALED_ADDRESS,
            Permission.MANAGE_PROVIDERS, Permission.ANSWER_COMPLAINTS, Permission.TRACE, Permission.APPROVE_RELEASE,
            Permission.DECIDE_FOR_CHILD, Permission.MANAGE_SHELTERS,
        }
    ),
    Role.DIRECTORY_EDITOR: frozenset(
        {Permission.READ_DIRECTORY, Permission.EDIT_DIRECTORY, Permission.READ_CONTENT, Permission.EDIT_CONTENT}
    ),
    Role.PROVIDER: frozenset({Permission.ANSWER_REFERRALS}),
    Role.SHELTER_OFFICER: frozenset({Permission.ENTER_RESIDENTS}),
    Role.AUDITOR: frozenset({Permission.READ_AUDIT}),
    Role.ADMINISTRATOR: frozenset(
        {Permission.MANAGE_STAFF, Permission.SEE_DUTY, Permission.PLAN_DUTY, Permission.SEE_HEALTH}
    ),
}  # fmt: skip

# They decide on others' words and releases: a passkey besides the code (R33).
NEED_PASSKEY = frozenset({Role.SUPERVISOR, Role.TRACER})


def permissions_of(roles: Iterable[Role]) -> frozenset[Permission]:
    """Return what these roles may do together; everybody has an account."""
    return frozenset({Permission.OWN_ACCOUNT}).union(*(MATRIX[role] for role in roles))
