"""How a map is spread over processes: which of them this one is, and who helps it."""

from __future__ import annotations

from dataclasses import dataclass

LOCAL = "local"
PART_PX = 1024  # a megabyte per byte band; 38,000 parts for 200,000 × 200,000 pixels


@dataclass(frozen=True)
class Shard:
    """One of ``count`` processes that share a map; ``number`` counts from 1."""

    number: int
    count: int

    @classmethod
    def parse(cls, text: str) -> Shard:
        """Read ``i/n``.

        Raises:
            ValueError: something else, or an i that is not among 1 … n.
        """
        number, slash, count = text.partition("/")
        if not (slash and number.isascii() and number.isdigit() and count.isascii() and count.isdigit()):
            raise ValueError(f"found {text!r}, expected i/n, as 1/4")
        if not 1 <= int(number) <= int(count):
            among = f"1 to {count}" if int(count) else "1 to n of n, with n from 1"
            raise ValueError(f"found shard {number} of {count}, expected {among}")
        return cls(int(number), int(count))

    def of(self, parts: int) -> range:
        """The shard's parts, by number: a run of neighbours, as many as in any other shard or one more or less."""
        return range(parts * (self.number - 1) // self.count, parts * self.number // self.count)


def parse_cluster(text: str) -> str:
    """Where Dask shall run: a scheduler's address, ``local``, or ``local:N`` with N processes.

    Raises:
        ValueError: something else.
    """
    kind, colon, count = text.partition(":")
    is_count = count.isascii() and count.isdigit() and int(count) > 0
    if not text.strip() or (kind.lower() == LOCAL and (kind != LOCAL or (colon and not is_count))):
        raise ValueError(
            f"found {text!r}, expected {LOCAL}, {LOCAL}:N with N processes from 1, or a scheduler's address, as "
            f"tcp://HOST:8786; write {LOCAL} alone for one process per core"
        )
    return text


@dataclass(frozen=True)
class Certificates:
    """Paths of PEM files by which scheduler, workers and clients know each other: authority, certificate, key."""

    authority: str
    certificate: str
    key: str


@dataclass(frozen=True)
class Execution:
    """``shard`` is what of a map this process computes, None for all; ``cluster`` is where Dask runs, empty for here.

    ``part_px`` is about how long the sides of a part are, in pixels. ``tls`` is how a cluster is spoken to.
    """

    shard: Shard | None = None
    cluster: str = ""
    part_px: int = PART_PX
    tls: Certificates | None = None

    @property
    def in_parts(self) -> bool:
        """Whether there must be parts, asked for or not."""
        return self.shard is not None or bool(self.cluster)


ALL_HERE = Execution()
