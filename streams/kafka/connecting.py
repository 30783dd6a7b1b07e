"""How the broker is reached: its servers, whether what is said to it is encrypted, and as whom we speak.

The same settings serve both libraries that speak to it. What can't go together is said before anything is tried.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

from streams.errors import WrongInput

if TYPE_CHECKING:
    from ssl import SSLContext

Security = Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"]
Mechanism = Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"]
CLIENT: Final = "casedrift"
"""How we call ourselves in the broker's own logs."""
_ANSWERS_WITHIN: Final = 10_000
"""Milliseconds within which a broker that is there answers, a busy one too."""


@dataclass(frozen=True, slots=True)
class KafkaSettings:
    """Which broker, and how. WrongInput, in one line that names the setting, for what does not go together."""

    servers: tuple[str, ...] = ("127.0.0.1:9092",)
    security: Security = "PLAINTEXT"
    sasl: Mechanism | None = None
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    ca_file: Path | None = None
    """Who may vouch for the broker; None: those whom this machine trusts."""
    certificate_file: Path | None = None
    key_file: Path | None = None

    def __post_init__(self) -> None:
        wrong = self._wrong()
        if wrong is not None:
            raise WrongInput(f"{wrong} (kafka_security is {self.security}); see docs/settings.md")

    @property
    def encrypted(self) -> bool:
        """Whether what is said can be read by nobody on the way."""
        return self.security in ("SSL", "SASL_SSL")

    @property
    def named(self) -> str:
        """The servers as messages call them."""
        return ", ".join(self.servers)

    def for_kafka_python(self) -> dict[str, Any]:
        """As kafka-python's clients take it. WrongInput where a file of the encryption can't be used."""
        settings: dict[str, Any] = {
            "bootstrap_servers": list(self.servers),
            "client_id": CLIENT,
            "security_protocol": self.security,
            "bootstrap_timeout_ms": _ANSWERS_WITHIN,
            "request_timeout_ms": _ANSWERS_WITHIN,
            "reconnect_backoff_max_ms": 1_000,  # its own half a minute would outlast a broker's whole restart
        }
        if self.sasl is not None:
            settings |= {
                "sasl_mechanism": self.sasl,
                "sasl_plain_username": self.user,
                "sasl_plain_password": self.password,
            }
        if self.encrypted:
            settings["ssl_context"] = self.ssl_context()
        return settings

    def for_faust(self) -> dict[str, Any]:
        """As a Faust app takes it: `broker` and `broker_credentials`. WrongInput as above."""
        return {"broker": [f"kafka://{server}" for server in self.servers], "broker_credentials": self._credentials()}

    def _credentials(self) -> Any:
        if self.security == "PLAINTEXT":
            return None
        from faust import SASLCredentials, SSLCredentials

        context = self.ssl_context() if self.encrypted else None
        if self.sasl is None:
            return SSLCredentials(context=context)
        return SASLCredentials(username=self.user, password=self.password, mechanism=self.sasl, ssl_context=context)

    def ssl_context(self) -> SSLContext:
        """The encryption made ready; the broker's certificate and its name are always checked.

        WrongInput where a file can't be read or is no certificate or key.
        """
        import ssl

        try:
            context = ssl.create_default_context(cafile=self.ca_file)
        except (OSError, ssl.SSLError):
            raise WrongInput("setting kafka_ca_file: it can't be read as certificates in PEM") from None
        if self.certificate_file is not None:
            try:
                # without a word to ask for, an encrypted key would ask on the terminal and wait for ever
                context.load_cert_chain(self.certificate_file, self.key_file, password="")
            except (OSError, ssl.SSLError):
                raise WrongInput(
                    "settings kafka_certificate_file and kafka_key_file: they can't be read as a certificate in PEM "
                    "and its own key without a password"
                ) from None
        return context

    def _wrong(self) -> str | None:
        with_user = self.security.startswith("SASL_")
        if with_user and self.sasl is None:
            return "kafka_sasl must say how the user is proved: PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512"
        if with_user and (not self.user or not self.password):
            return "kafka_user and kafka_password, or kafka_password_file, must be set"
        if not with_user and (self.sasl or self.user or self.password):
            return "a user, a password or kafka_sasl has no use; set kafka_security to SASL_SSL, or leave them out"
        if not self.encrypted and (self.ca_file or self.certificate_file or self.key_file):
            return "a certificate or key has no use; set kafka_security to SSL or SASL_SSL, or leave them out"
        if self.key_file is not None and self.certificate_file is None:
            return "kafka_key_file is set without kafka_certificate_file, whose key it is"
        return None
