"""Writes tests/fixtures/datasets/*.parquet with pyarrow 26, which the tests read back: `python tools/make_parquet.py`."""
from datetime import datetime, timezone
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

FOLDER = Path(__file__).resolve().parents[1] / "tests" / "fixtures" / "datasets"
COUNT = 2_500


def table() -> pa.Table:
    return pa.table({
        "text": [f"row {i} – ü🙂" for i in range(COUNT)],
        "number": pa.array(range(COUNT), pa.int64()),
        "large": pa.array([2**60 + i for i in range(COUNT)], pa.int64()),
        "score": pa.array([i / 8 for i in range(COUNT)], pa.float64()),
        "absent": pa.array([None if i % 2 else "here" for i in range(COUNT)]),
        "list": [[i, i + 1] for i in range(COUNT)],
        "record": [{"a": i, "b": str(i)} for i in range(COUNT)],
        "time": pa.array([datetime(2026, 1, 2, 3, 4, 5, tzinfo=timezone.utc)] * COUNT, pa.timestamp("ms", tz="UTC")),
    })


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    for codec in ("none", "snappy", "zstd"):
        pq.write_table(table(), FOLDER / f"{codec}.parquet", compression=codec, row_group_size=1_200)
