"""The log in its tables: entries and the nodes of complete subtrees, written in the transaction they tell about."""

from collections.abc import Callable, Iterator

from sqlalchemy import Connection, func, select

from app.audit.log.event import Event
from app.audit.log.tree import completed, leaf_hash, root
from app.audit.log.verify import LogEntry
from app.core.errors import NotFound
from app.core.text import Bilingual
from app.store.tables import log_entry, log_node
from app.store.values import LogPosition

_CHUNK = 1000


class LogRepository:
    """Append to the log and read it. The writer lock of the unit of work makes the indexes gap-free."""

    def __init__(self, connection: Connection) -> None:
        """Work inside the transaction of ``connection``."""
        self._connection = connection
        self._next: int | None = None
        self._nodes: dict[tuple[int, int], bytes] = {}

    def size(self) -> int:
        """Return how many entries there are."""
        if self._next is not None:
            return self._next
        newest = self._connection.scalar(select(func.max(log_entry.c.log_index)))
        return 0 if newest is None else newest + 1

    def append(self, event: Event) -> LogPosition:
        """Write ``event`` at the end of the log and return where it stands."""
        data = event.leaf_data()
        index, leaf = self.size(), leaf_hash(data)
        nodes = list(completed(index, leaf, self.node))
        self._connection.execute(log_entry.insert(), {"log_index": index, "leaf_data": data, "leaf_hash": leaf})
        rows = [{"level": level, "node_index": place, "node_hash": value} for level, place, value in nodes if level]
        if rows:
            self._connection.execute(log_node.insert(), rows)
        # Nobody else appends before this transaction ends.
        self._nodes.update({(level, place): value for level, place, value in nodes})
        self._next = index + 1
        return LogPosition(index, leaf)

    def node(self, level: int, index: int) -> bytes:
        """Return the hash (32 bytes) of a complete subtree; level 0 are the leaves.

        Raises:
            NotFound: there is no such node yet.
        """
        if (level, index) in self._nodes:
            return self._nodes[level, index]
        wanted = select(log_entry.c.leaf_hash).where(log_entry.c.log_index == index)
        if level:
            wanted = select(log_node.c.node_hash).where(log_node.c.level == level, log_node.c.node_index == index)
        value = self._connection.scalar(wanted)
        if value is None:
            raise _missing(f"{level}/{index}")
        return octets(value)

    def root(self, size: int | None = None) -> bytes:
        """Return the root hash over the first ``size`` entries, over all of them by default.

        Raises:
            NotFound: there are not that many entries.
        """
        return root(self.size() if size is None else size, self.node)

    def leaf_data(self, index: int) -> bytes:
        """Return the canonical bytes of an entry.

        Raises:
            NotFound: there is no such entry.
        """
        value = self._connection.scalar(select(log_entry.c.leaf_data).where(log_entry.c.log_index == index))
        if value is None:
            raise _missing(str(index))
        return octets(value)

    def entries(self, start: int = 0) -> Iterator[LogEntry]:
        """Yield the entries from ``start`` on, in order, a chunk at a time in memory."""
        while True:
            wanted = select(log_entry).where(log_entry.c.log_index >= start).order_by(log_entry.c.log_index)
            rows = self._connection.execute(wanted.limit(_CHUNK)).all()
            for row in rows:
                yield LogEntry(row.log_index, octets(row.leaf_data), octets(row.leaf_hash))
            if len(rows) < _CHUNK:
                return
            start = rows[-1].log_index + 1

    def stored_nodes(self) -> Callable[[int, int], bytes | None]:
        """Return ``get_node`` for verifying a whole log: asked in the order of the entries, it reads in chunks."""
        chunks: dict[int, dict[int, bytes]] = {}

        def get(level: int, index: int) -> bytes | None:
            if index not in chunks.get(level, ()):
                chunks[level] = self._nodes_from(level, index)
            return chunks[level].get(index)

        return get

    def _nodes_from(self, level: int, index: int) -> dict[int, bytes]:
        if level == 0:
            wanted = select(log_entry.c.log_index, log_entry.c.leaf_hash).where(
                log_entry.c.log_index >= index, log_entry.c.log_index < index + _CHUNK
            )
        else:
            wanted = select(log_node.c.node_index, log_node.c.node_hash).where(
                log_node.c.level == level, log_node.c.node_index >= index, log_node.c.node_index < index + _CHUNK
            )
        return {place: octets(value) for place, value in self._connection.execute(wanted)}


def octets(value: bytes | str | memoryview) -> bytes:
    """Return the bytes of a binary column.

    SQLite takes any type into any column: text that somebody put there by hand is told as the change it is, later,
    when the hashes are compared.
    """
    return value.encode("utf-8") if isinstance(value, str) else bytes(value)


def _missing(place: str) -> NotFound:
    return NotFound(Bilingual(f"日志中没有 {place}。", f"The log has no {place}."))
