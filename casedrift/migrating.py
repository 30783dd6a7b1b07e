"""A store made or brought up to date ahead of those who use it, who then need no right to make anything."""

from __future__ import annotations

from streams.stores import is_postgres, open_store


def migrate(url: str) -> tuple[int, list[str]]:
    """Make the store's tables, or bring them to this version; its version, and the roles that were given their rights.

    OutOfReach where the database can't be reached or this role may not make tables.
    """
    from streams.stores.tables import SCHEMA

    with open_store(url, create=True) as store:
        if not is_postgres(url):
            return SCHEMA, []
        from streams.stores.postgres import PostgresStore
        from streams.stores.postgres_tables import grant

        assert isinstance(store, PostgresStore)
        with store.writing() as connection:
            return SCHEMA, grant(connection)
