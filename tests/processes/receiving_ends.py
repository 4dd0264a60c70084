"""The other side of notices: a mail server, a system that takes webhooks, an organisation, a matter full of canaries."""

import asyncio
import ipaddress
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from types import SimpleNamespace

from aiosmtpd.smtp import SMTP as Smtpd  # noqa: N811 - the other one is the client
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from thangdee.casework.chats import Chats
from thangdee.casework.consent import GivenBy
from thangdee.casework.providers import channels, organisations
from thangdee.casework.providers.addresses import Kind
from thangdee.casework.providers.channels import Channel
from thangdee.casework.providers.organisations import Provider
from thangdee.casework.referrals import deeds, facts
from thangdee.casework.referrals.model import SENSITIVE, Field, Matter, Receiver, Said, Speed
from thangdee.core import jobs
from thangdee.core.jobs import Queue
from thangdee.processes.notice_sending import NoticeSender
from thangdee.processes.wiring import Installation

ORGANISATION = "org-a"
RECEIVER = Receiver("a", ORGANISATION, "ngo", "LA")
CANARY = "Kanarinoy"
CANARIES = (CANARY, "ການາລີ", "5550123", "shelter", "LA-SV", "woman", "18_59")
_CODES = {Field.NEED: "shelter", Field.AGE_BAND: "18_59", Field.PROVINCE: "LA-SV"}
ADDRESSES = {
    Kind.MAIL: "desk@office.test",
    Kind.WEBHOOK: "https://hooks.test/in?box=7",
    Kind.GROUP: "-1001234567",
    Kind.PHONE: "021 000 000",
    Kind.LETTER: "Sample Road 1\nSample Town",
}


async def add_way(
    installation: Installation, kind: Kind, language: str = "lo", *, is_checked: bool = True
) -> tuple[Channel, str | None]:
    """A made-up organisation can be reached by this."""
    now = installation.clock.now()
    async with installation.database.write() as connection:
        await organisations.save(connection, installation.vault, Provider(ORGANISATION, language), now)
        way, secret = await channels.add(
            connection, installation.vault, ORGANISATION, kind, ADDRESSES[kind], by="noy", now=now
        )
        if is_checked:
            await channels.confirm(connection, way.id, "kham", now)
        return await channels.get(connection, way.id), secret


async def offer(installation: Installation, speed: Speed = Speed.ORDINARY, address: int = 5) -> Matter:
    """A matter with a canary in every field, offered to the organisation; its id is in `current`."""
    now, vault = installation.clock.now(), installation.vault
    async with installation.database.write() as connection:
        who = await Chats(connection, vault).of(address, now)
        made = await deeds.begin(connection, vault, who, now)
        plain = {"speed": speed, "need": "shelter", "age_band": "18_59", "place": "LA-SV"}
        await deeds.change_draft(connection, made.id, now, **plain)
        for one in Field:
            value = {"text": f"{CANARY} ການາລີ 5550123", "code": _CODES.get(one, "woman")}
            await facts.note(connection, vault, made.id, one, value, Said.PERSON, now)
        for one in SENSITIVE:
            await facts.agree(connection, made.id, one, now)
        await deeds.show(connection, vault, made.id, (RECEIVER,))
        return await deeds.say_yes(connection, vault, made.id, (RECEIVER,), given_by=GivenBy.TAPPED, now=now)


async def send_all(installation: Installation, sender: NoticeSender) -> int:
    """Take each notice that is due, once; how many there were."""
    now = installation.clock.now()
    async with installation.database.write() as connection:
        taken = await jobs.claim(connection, Queue.NOTICE, now=now, taken_by="test", limit=50)
    for job in taken:
        await sender.take(job)
    return len(taken)


# --- a mail server ------------------------------------------------------------------------------------------


@dataclass
class Mailbox:
    """What a mail server took in. `answers`: what it says to the next letters, "250" afterwards."""

    port: int = 0
    letters: list[bytes] = field(default_factory=list)
    to: list[str] = field(default_factory=list)
    over_tls: list[bool] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    no_such: bool = False

    @property
    def messages(self) -> list[EmailMessage]:
        return [message_from_bytes(one, policy=policy.default) for one in self.letters]

    async def handle_RCPT(self, server, session, envelope, address, options) -> str:  # noqa: ARG002, N802 - aiosmtpd
        if self.no_such:
            return "550 no such person"
        envelope.rcpt_tos.append(address)
        return "250 fine"

    async def handle_DATA(self, server, session, envelope) -> str:  # noqa: ARG002, N802 - aiosmtpd
        if self.answers:
            return self.answers.pop(0)
        self.letters.append(envelope.original_content)
        self.to += envelope.rcpt_tos
        self.over_tls.append(session.ssl is not None)
        return "250 fine"


@asynccontextmanager
async def mail_server_at(
    box: Mailbox, tls: ssl.SSLContext | None = None, host: str = "127.0.0.1", **more: object
) -> AsyncIterator[Mailbox]:
    loop = asyncio.get_running_loop()
    made = await loop.create_server(
        lambda: Smtpd(box, hostname="mail.test", loop=loop, tls_context=tls, **more), host, box.port
    )
    box.port = made.sockets[0].getsockname()[1]
    try:
        yield box
    finally:
        made.close()
        await made.wait_closed()


# --- a system that takes webhooks ---------------------------------------------------------------------------


@dataclass
class System:
    """What an organisation's own system was sent. `answers`: to the next ones, 204 afterwards."""

    port: int = 0
    requests: list[SimpleNamespace] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        first, *lines = head.strip().split("\r\n")
        headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        self.requests.append(SimpleNamespace(first=first, headers=headers, body=body, whole=head.encode() + body))
        answer = self.answers.pop(0) if self.answers else "204 Fine"
        writer.write(f"HTTP/1.1 {answer}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())
        await writer.drain()
        writer.close()


@asynccontextmanager
async def system_at(system: System, tls: ssl.SSLContext) -> AsyncIterator[System]:
    made = await asyncio.start_server(system.serve, "127.0.0.1", system.port, ssl=tls)
    system.port = made.sockets[0].getsockname()[1]
    try:
        yield system
    finally:
        made.close()
        await made.wait_closed()


def certificate(folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """What a server shows for hooks.test and localhost, and what trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "made up")])
    names = [x509.DNSName("hooks.test"), x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    today = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today - timedelta(days=1))
        .not_valid_after(today + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / "made-up.pem"
    plain = serialization.NoEncryption()
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
        + made.public_bytes(serialization.Encoding.PEM)
    )
    shows = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    shows.load_cert_chain(path)
    return shows, ssl.create_default_context(cafile=str(path))
