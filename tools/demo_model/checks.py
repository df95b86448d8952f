"""What is checked before and while the model is made: packages, files, reproducible documents, rows of the data sets."""
import hashlib
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from random import Random

HERE = Path(__file__).resolve().parent
SEED, COUNT = 1000, 500
#: Hash of the first documents of a seed, as they are on every machine with these packages and tables.
DOCUMENTS = HERE / "documents.sha256"


class RecipeError(Exception):
    """Something that the person who runs the recipe can mend."""


def check_packages(requirements: Path = HERE / "requirements.txt") -> None:
    """Refuses other versions than the pinned ones: they would make another model."""
    for line in read(requirements).split():
        name, wanted = line.split("==")
        try:
            found = version(name).split("+")[0]  # Without the build, such as +cpu.
        except PackageNotFoundError:
            found = "absent"
        if found != wanted:
            raise RecipeError(f"Cannot make the model with {name} {found}: {requirements.name} asks for {wanted}")


def read(path: Path) -> str:
    if not path.is_file():
        raise RecipeError(f"Cannot make the model without the file {path}")
    return path.read_text(encoding="utf-8")


def documents_hash() -> str:
    import corpus
    r, digest = Random(SEED), hashlib.sha256()
    for _ in range(COUNT):
        digest.update(repr(corpus.document(r)).encode())
    return digest.hexdigest()


def check_documents() -> None:
    """Refuses a seed that does not give the documents that it gave before: no later number could be compared."""
    found, wanted = documents_hash(), read(DOCUMENTS).strip()
    if found != wanted:
        raise RecipeError(f"The documents of seed {SEED} hash to {found}, expected {wanted}: the tables or generators have "
                          f"changed (then run `python checks.py --accept` and train again), or a generator is not seeded")


#: name: (type of the value, type of its items or None)
SCHEMAS = {
    "alpaca": {"instruction": (str, None), "input": (str, None), "output": (str, None)},
    "persona_chat": {"personality": (list, str), "history": (list, str), "candidates": (list, str), "reply": (str, None)},
}


def check_row(name: str, row: dict, where: str) -> dict:
    """The row, if it has the fields of its data set; `where` is its file and line."""
    schema = SCHEMAS[name]
    if set(row) != set(schema):
        raise RecipeError(f"{where}: has the fields {sorted(row)}, expected {sorted(schema)}")
    for field, (kind, item) in schema.items():
        value = row[field]
        if not isinstance(value, kind) or (item is not None and not all(isinstance(each, item) for each in value)):
            raise RecipeError(f"{where}: {field} is {value!r}, expected {kind.__name__}{f' of {item.__name__}' if item else ''}")
    if name == "alpaca" and (not row["instruction"] or not row["output"]):
        raise RecipeError(f"{where}: instruction and output must not be empty")
    if name == "persona_chat":
        if len(row["history"]) % 2 != 1:
            raise RecipeError(f"{where}: history has {len(row['history'])} turns, expected an odd number: the other speaks last")
        if row["candidates"].count(row["reply"]) != 1:
            raise RecipeError(f"{where}: the reply stands {row['candidates'].count(row['reply'])} times among the candidates, expected once")
    return row


if __name__ == "__main__":
    import sys
    if sys.argv[1:] == ["--accept"]:
        DOCUMENTS.write_text(documents_hash() + "\n", encoding="utf-8")
    else:
        check_packages()
        check_documents()
        print("The packages and the documents are those of the committed model.")
