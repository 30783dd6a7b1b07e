"""`casedrift migrate`: the store's tables made, or brought to this version, and its roles given their rights."""

from __future__ import annotations

from casedrift.cli.options import JsonOption, StoreOption, store_asked
from casedrift.now import refuse_to_write
from casedrift.present.paper import print_json, say


def migrate(store: StoreOption = None, as_json: JsonOption = False) -> None:
    """Make the store's tables, or bring them to this version. Run it before a newer casedrift starts."""
    from casedrift.migrating import migrate as migrated

    refuse_to_write()
    version, roles = migrated(store_asked(store))
    if as_json:
        return print_json({"store_version": version, "roles": roles})
    given = f" Roles with their rights: {', '.join(roles)}." if roles else ""
    return say(f"The store is at version {version}.{given}")
