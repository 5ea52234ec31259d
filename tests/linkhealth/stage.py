"""A stage on loopback where any host can be played by name, over HTTP and HTTPS.

It is a proxy: with HTTP_PROXY, HTTPS_PROXY and SSL_CERT_FILE set to it, the programs under test ask for
``https://mp.weixin.qq.com/`` as they would anywhere, and nothing in them knows that this is a test.
"""

from __future__ import annotations

import datetime
import socket
import ssl
import threading
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.linkhealth.field import Reply

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


class Authority:
    """A certificate authority for tests, and the certificates it issues."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "linkhealth tests")])
        self._contexts: dict[tuple[str, bool], ssl.SSLContext] = {}
        self._lock = threading.Lock()
        certificate = self._certificate(self._name, self._key, None)
        self.bundle = folder / "authority.pem"
        self.bundle.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))

    def context(self, host: str, *, is_expired: bool = False) -> ssl.SSLContext:
        """Give what a server called *host* needs for TLS."""
        with self._lock:
            if (host, is_expired) not in self._contexts:
                self._contexts[host, is_expired] = self._make_context(host, is_expired=is_expired)
            return self._contexts[host, is_expired]

    def _make_context(self, host: str, *, is_expired: bool) -> ssl.SSLContext:
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host[:60])])
        certificate = self._certificate(name, key, host, is_expired=is_expired)
        path = self._folder / f"{len(self._contexts)}.pem"
        path.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
            + certificate.public_bytes(serialization.Encoding.PEM)
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(path)
        return context

    def _certificate(
        self, name: x509.Name, key: ec.EllipticCurvePrivateKey, host: str | None, *, is_expired: bool = False
    ) -> x509.Certificate:
        now = datetime.datetime.now(datetime.UTC)
        day = datetime.timedelta(days=1)
        authority = x509.SubjectKeyIdentifier.from_public_key(self._key.public_key())
        builder = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(self._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - 3 * day)
            .not_valid_after(now - day if is_expired else now + day)
            .add_extension(x509.BasicConstraints(ca=host is None, path_length=None), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(authority), critical=False)
        )
        if host is None:
            usage = x509.KeyUsage(
                digital_signature=True, key_cert_sign=True, crl_sign=True, content_commitment=False,
                key_encipherment=False, data_encipherment=False, key_agreement=False, encipher_only=False,
                decipher_only=False,
            )  # fmt: skip
            builder = builder.add_extension(usage, critical=True)
        else:
            builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        return builder.sign(self._key, hashes.SHA256())


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked."""

    method: str
    url: str
    headers: dict[str, str] = field(default_factory=dict)
    """With names in lower case."""


@dataclass(frozen=True, slots=True)
class Wire:
    """The line to a client, for players that do not speak HTTP as they should."""

    request: Request
    line: socket.socket

    def send(self, data: bytes) -> None:
        self.line.sendall(data)


if TYPE_CHECKING:
    Player = Reply | Callable[[Wire], Reply | None]


class Stage:
    """The proxy, and who plays what."""

    def __init__(self, authority: Authority) -> None:
        self.authority = authority
        self.asked: list[Request] = []
        self.tls: dict[str, Callable[[socket.socket], None]] = {}
        """What hosts do in place of TLS."""
        self.expired: set[str] = set()
        self.named: dict[str, str] = {}
        """Hosts that show the certificate of another name."""
        self._players: dict[str, Player] = {}
        self._hosts: set[str] = set()
        self._lines: set[socket.socket] = set()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.closing = threading.Event()

    @property
    def port(self) -> int:
        port: int = self._listener.getsockname()[1]
        return port

    @property
    def environment(self) -> dict[str, str]:
        """What tells any program to come here."""
        proxy = f"http://127.0.0.1:{self.port}"
        return {
            "HTTP_PROXY": proxy,
            "HTTPS_PROXY": proxy,
            "http_proxy": proxy,
            "https_proxy": proxy,
            "NO_PROXY": "",
            "no_proxy": "",
            "SSL_CERT_FILE": str(self.authority.bundle),
        }

    def play(self, url: str, player: Player) -> None:
        """Say who answers for an address; the other addresses of its host answer 404."""
        self._players[url] = player
        self._hosts.add(urlsplit(url).hostname or "")

    def urls(self) -> list[str]:
        """Give what was asked for, in order."""
        return [request.url for request in self.asked]

    @contextmanager
    def open(self) -> Iterator[Stage]:
        """Serve for the length of a with block."""
        thread = threading.Thread(target=self._accept, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self.closing.set()
            # Waking the listener up is the portable way of ending accept().
            with suppress(OSError):
                self._listener.shutdown(socket.SHUT_RDWR)
            self._listener.close()
            thread.join()
            for line in list(self._lines):
                with suppress(OSError):
                    line.shutdown(socket.SHUT_RDWR)

    def _accept(self) -> None:
        while not self.closing.is_set():
            try:
                line, _ = self._listener.accept()
            except OSError:
                return
            self._lines.add(line)
            threading.Thread(target=self._serve, args=(line,), daemon=True).start()

    def _serve(self, line: socket.socket) -> None:
        try:
            with line, suppress(OSError, ValueError):
                line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self._serve_proxy(line)
        finally:
            self._lines.discard(line)

    def _serve_proxy(self, line: socket.socket) -> None:
        while request := _read_request(line):
            if request.method != "CONNECT":
                if not self._answer(line, request):
                    return
                continue
            host = request.url.rpartition(":")[0]
            if host not in self._hosts | set(self.tls):
                line.sendall(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n")
                continue
            line.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
            if host in self.tls:
                self.tls[host](line)
                return
            context = self.authority.context(self.named.get(host, host), is_expired=host in self.expired)
            with context.wrap_socket(line, server_side=True) as secure:
                while inner := _read_request(secure):
                    if not self._answer(secure, Request(inner.method, f"https://{host}{inner.url}", inner.headers)):
                        return
            return

    def _answer(self, line: socket.socket, request: Request) -> bool:
        """Answer a request; say whether the line can be used for another."""
        self.asked.append(request)
        player = self._players.get(request.url)
        if player is None:
            known = (urlsplit(request.url).hostname or "") in self._hosts
            player = Reply(404, "nobody plays this") if known else Reply(502, "no such host")
        if isinstance(player, Reply):
            return _send_reply(line, request, player)
        reply = player(Wire(request, line))
        return isinstance(reply, Reply) and _send_reply(line, request, reply)


def _read_request(line: socket.socket) -> Request | None:
    head = b""
    while b"\r\n\r\n" not in head:
        part = line.recv(65536)
        if not part:
            return None
        head += part
    first, *rest = head.decode("latin-1").partition("\r\n\r\n")[0].split("\r\n")
    method, url, _ = first.split(" ", 2)
    headers = {name.lower(): value.strip() for name, _, value in (header.partition(":") for header in rest)}
    return Request(method, url, headers)


def _send_reply(line: socket.socket, request: Request, reply: Reply) -> bool:
    body = reply.raw
    headers = {
        "Content-Type": f"text/html; charset={reply.encoding}",
        "Content-Length": str(len(body)),
        **reply.headers,
    }
    head = f"HTTP/1.1 {reply.status} Said\r\n" + "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    line.sendall(head.encode("utf-8") + b"\r\n" + (b"" if request.method == "HEAD" else body))
    return True
