"""Distribution of a map over processes: the shard of this process, and the cluster it uses."""

from __future__ import annotations

from dataclasses import dataclass

LOCAL = "local"
PART_PX = 1024  # a megabyte per byte band; 38,000 parts for 200,000 × 200,000 pixels


@dataclass(frozen=True)
class Shard:
    """One of ``count`` processes that share a map; ``number`` is 1-based."""

    number: int
    count: int

    @classmethod
    def parse(cls, text: str) -> Shard:
        """Parse ``i/n``.

        Raises:
            ValueError: another format, or i not within 1 … n.
        """
        number, slash, count = text.partition("/")
        if not (slash and number.isascii() and number.isdigit() and count.isascii() and count.isdigit()):
            raise ValueError(f"found {text!r}, expected i/n, as 1/4")
        if not 1 <= int(number) <= int(count):
            among = f"1 to {count}" if int(count) else "1 to n of n, with n from 1"
            raise ValueError(f"found shard {number} of {count}, expected {among}")
        return cls(int(number), int(count))

    def of(self, parts: int) -> range:
        """The shard's parts, by number: a contiguous range; the sizes of shards differ by at most one."""
        return range(parts * (self.number - 1) // self.count, parts * self.number // self.count)


def parse_cluster(text: str) -> str:
    """The Dask cluster to use: a scheduler's address, ``local``, or ``local:N`` with N processes.

    Raises:
        ValueError: another format.
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
    """Paths of PEM files by which scheduler, workers and clients authenticate: authority, certificate, key."""

    authority: str
    certificate: str
    key: str


@dataclass(frozen=True)
class Execution:
    """``shard`` is the share of this process, None for the whole map; ``cluster`` is the Dask cluster, empty for none.

    ``part_px`` is the approximate side length of a part in pixels. ``tls`` are the certificates of the cluster.
    """

    shard: Shard | None = None
    cluster: str = ""
    part_px: int = PART_PX
    tls: Certificates | None = None

    @property
    def in_parts(self) -> bool:
        """Whether parts are required, even if not requested."""
        return self.shard is not None or bool(self.cluster)


ALL_HERE = Execution()
