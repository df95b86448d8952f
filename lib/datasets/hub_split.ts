/** Which files of a data set on the Hub are a split's. */

interface Wanted {
  /** `org/name`, for messages. */
  readonly id: string;
  readonly split: string;
  /** Undefined where the user names none. */
  readonly config: string | undefined;
}

interface Found {
  readonly path: string;
  /** What stands before the part of the path that names the split. */
  readonly folder: string;
}

/**
 * The files that have the split in their names or, where none has, in the names of their folders, as the Hub itself looks for
 * them (https://huggingface.co/docs/hub/datasets-file-names-and-splits). Those of several configs stand in several folders.
 * @example of "main/train.jsonl" and "socratic/train.jsonl", config `main` is the first
 * @throws {RangeError} when none is of this split or config, or when several folders have some and `config` names none
 */
export function filesOfSplit(paths: readonly string[], { id, split, config }: Wanted): readonly string[] {
  const named = paths.flatMap((path) => foundAmong(path, split, "name"));
  const found = named.length > 0 ? named : paths.flatMap((path) => foundAmong(path, split, "folders"));
  if (found.length === 0) {
    const there = paths.length === 0 ? "no data files at all" : paths.slice(0, 10).join(", ");
    throw new RangeError(`Cannot find split "${split}" in ${id}: it has ${there}; name one with { file }`);
  }
  const folders = [...new Set(found.map(({ folder }) => folder))],
    isDefault = config === undefined || config === "default";
  if (folders.length === 1 && isDefault) return found.map(({ path }) => path);
  const ofConfig = found.filter(({ folder }) =>
    isDefault ? folder === "" || hasPart(folder, "default") : hasPart(folder, config)
  );
  if (ofConfig.length > 0) return ofConfig.map(({ path }) => path);
  const there = folders.slice(0, 10).map((folder) => folder === "" ? "no folder" : `"${folder}"`).join(", ");
  if (config === undefined) {
    throw new RangeError(
      `Cannot tell the files of split "${split}" in ${id}: they stand in ${there}; name one as { config }`,
    );
  }
  throw new RangeError(
    `Cannot find config "${config}" of split "${split}" in ${id}: its files stand in ${there}; name one with { file }`,
  );
}

function foundAmong(path: string, split: string, where: "name" | "folders"): readonly Found[] {
  const parts = path.split("/"), name = parts.length - 1;
  const place = where === "name" ? name : parts.slice(0, name).findIndex((part) => names(part, split));
  return names(parts[place] ?? "", split) ? [{ path, folder: parts.slice(0, place).join("/") }] : [];
}

/** @example names("train-00000-of-00002.jsonl", "train") is true */
function names(part: string, split: string): boolean {
  return part.split(/[._-]/).includes(split);
}

function hasPart(folder: string, part: string): boolean {
  return folder.split("/").includes(part);
}
