"""A broker that is spoken to encrypted, as a user, or both; with certificates that nobody else vouches for."""

from __future__ import annotations

import datetime
import ipaddress
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from streams.kafka.connecting import Security
from tests.kit.broker import Broker
from tests.kit.parts import free_ports

_SECURED: Final[tuple[Security, ...]] = ("SSL", "SASL_PLAINTEXT", "SASL_SSL")
USER: Final = "worker"
PASSWORD: Final = "s3cret"
_LOGIN: Final = "org.apache.kafka.common.security"


class SecuredBroker(Broker):
    """A broker with a port for each way to be spoken to. `certificate` is what vouches for it."""

    def __init__(self, folder: Path) -> None:
        self.certificate = folder / "certificate.pem"
        self._keys = folder / "keys.pem"
        _self_signed(self.certificate, self._keys)
        self._ports = dict(zip(_SECURED, free_ports(len(_SECURED) + 2)[2:], strict=True))
        super().__init__(folder)

    def server(self, security: Security) -> str:
        """Where it is reached in this way."""
        return self.servers if security == "PLAINTEXT" else f"127.0.0.1:{self._ports[security]}"

    def _format(self) -> None:
        """With more in its settings, of which the later count, and a user."""
        text = self._settings.read_text("utf-8")
        plain = next(line for line in text.splitlines() if line.startswith("listeners="))
        more = "".join(f",{name}://127.0.0.1:{port}" for name, port in self._ports.items())
        shown = f"PLAINTEXT://{self.servers}{more}"
        protocols = ",".join(f"{name}:{name}" for name in ("PLAINTEXT", *_SECURED))
        settings = [
            plain + more,
            f"advertised.listeners={shown}",
            f"listener.security.protocol.map={protocols},CONTROLLER:PLAINTEXT",
            "inter.broker.listener.name=PLAINTEXT",
            "ssl.keystore.type=PEM",
            f"ssl.keystore.location={self._keys}",
            "sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-256,SCRAM-SHA-512",
        ]
        for name in ("sasl_plaintext", "sasl_ssl"):
            login = f'{_LOGIN}.plain.PlainLoginModule required user_{USER}="{PASSWORD}";'
            settings += [f"listener.name.{name}.plain.sasl.jaas.config={login}"]
            for size in ("256", "512"):
                login = f"{_LOGIN}.scram.ScramLoginModule required;"
                settings += [f"listener.name.{name}.scram-sha-{size}.sasl.jaas.config={login}"]
        self._settings.write_text("\n".join([text, *settings, ""]), "utf-8")
        super()._format()

    def _java(self, memory: str, program: str, *arguments: str) -> list[str]:
        command = super()._java(memory, program, *arguments)
        if "format" in arguments:
            for size in ("256", "512"):
                command += ["-S", f"SCRAM-SHA-{size}=[name={USER},password={PASSWORD}]"]
        return command


def _self_signed(certificate: Path, keys: Path) -> None:
    """A certificate of this machine that vouches for itself, and beside it the same with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
        .public_bytes(serialization.Encoding.PEM)
    )
    certificate.write_bytes(made)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    keys.write_bytes(private + made)
