"""Three figures from an export alone, by DuckDB and Polars: they are what the read models answer, to the last one.

usage: figures.py FOLDER    (an export without shifted days; prints the figures as JSON)
"""

import json
import sys
from pathlib import Path

import duckdb
import polars as pl


def dataset(folder: Path, event: str) -> str:
    """All files of one type of event, as DuckDB and Polars name them."""
    return str(folder / event / "*" / "*.parquet")


def entries(folder: Path) -> list[list]:
    """Entries to the roll of left-behind children by month and reason (SRC-4), as the district leadership sees them."""
    query = f"""
        select left(on_date, 7) as month, reason, count(*)::integer as entries
        from read_parquet('{dataset(folder, "kinward.registry.v1.StatusChanged")}')
        where to_status = 'CHILD_STATUS_LEFT_BEHIND' and from_status <> 'CHILD_STATUS_LEFT_BEHIND'
        group by 1, 2 order by 1, 2"""
    return [list(row) for row in duckdb.sql(query).fetchall()]


def met(folder: Path) -> dict[str, int]:
    """Clocks of police that were met, by name: each end joined with the start of the same clock before it."""
    started = dataset(folder, "kinward.type.v1.ClockStarted")
    ended = dataset(folder, "kinward.type.v1.ClockMet")
    query = f"""
        with started as (select aggregate_id, clock_id, clock, revision from read_parquet('{started}')
                         where clock in ('police-accept', 'police-on-scene', 'township-notice')),
             ended as (select aggregate_id, clock_id, revision from read_parquet('{ended}'))
        select started.clock, count(*)::integer from ended asof join started
          on ended.aggregate_id = started.aggregate_id and ended.clock_id = started.clock_id
          and ended.revision >= started.revision
        group by 1 order by 1"""
    return dict(duckdb.sql(query).fetchall())


def ledger(folder: Path) -> dict[str, list[int]]:
    """Files and left-behind children by village, as the township's ledger counts them."""
    files = pl.read_parquet(dataset(folder, "kinward.registry.v1.ChildRegistered"))
    changes = pl.read_parquet(dataset(folder, "kinward.registry.v1.StatusChanged"))
    latest = changes.sort("revision").group_by("aggregate_id").last()
    joined = files.join(latest, on="aggregate_id", how="left", suffix="_status")
    behind = pl.col("to_status").eq("CHILD_STATUS_LEFT_BEHIND").fill_null(False)
    counted = joined.group_by("household_village_code").agg(pl.len(), behind.sum().alias("behind"))
    return {village: [files, behind] for village, files, behind in sorted(counted.iter_rows())}


def main() -> None:
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    folder = Path(sys.argv[1])
    print(json.dumps({"entries": entries(folder), "met": met(folder), "ledger": ledger(folder)}))


main()
