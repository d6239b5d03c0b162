"""The rule files of every rulebook that ever judged, so that any evaluation can be repeated."""

from sqlalchemy import Connection, select

from app.core.errors import NotFound
from app.core.text import Bilingual
from app.store.blobs import BlobRepository
from app.store.tables import rulebook


class RulebookRepository:
    """Keep and get rulebooks by their digest."""

    def __init__(self, connection: Connection, blobs: BlobRepository) -> None:
        """Work inside the transaction of ``connection``."""
        self._connection = connection
        self._blobs = blobs

    def keep(self, rulebook_digest: str, content: bytes) -> None:
        """Keep ``content`` under ``rulebook_digest``; once is enough, again changes nothing."""
        if self._content(rulebook_digest) is None:
            row = {"rulebook_digest": rulebook_digest, "content_digest": self._blobs.put(content)}
            self._connection.execute(rulebook.insert(), row)

    def known(self, rulebook_digest: str) -> bool:
        """Return whether it is kept already."""
        return self._content(rulebook_digest) is not None

    def get(self, rulebook_digest: str) -> bytes:
        """Return the content.

        Raises:
            NotFound: no such rulebook was kept.
        """
        digest = self._content(rulebook_digest)
        if digest is None:
            raise NotFound(Bilingual(f"没有规则集 {rulebook_digest}。", f"There is no rulebook {rulebook_digest}."))
        return self._blobs.get(digest)

    def _content(self, rulebook_digest: str) -> str | None:
        return self._connection.scalar(
            select(rulebook.c.content_digest).where(rulebook.c.rulebook_digest == rulebook_digest)
        )
