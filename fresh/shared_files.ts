/**
 * Which modules several entries of a bundle share as one file. esbuild makes a file of each set of entries that have a
 * module in common; with a dozen islands these are forty files, most of them of a few hundred bytes, and each is a request
 * before a page answers. Here sets that differ little are made one, at the price of a few bytes that a page does not need.
 * Subtle: such modules are also run where nothing needs them, so those of islands may not act while they are loaded.
 * Build code: production never imports it.
 */
import type { Metafile } from "esbuild";

/** What each entry may come to load without need, in bytes. */
const MOST_UNUSED_BYTES = 1_000;

/** Of an entry's source: what it exports, and the modules that it is to load besides its own. */
export interface SharedImports {
  readonly exports: readonly string[];
  readonly modules: readonly string[];
}

interface Group {
  readonly entries: ReadonlySet<string>;
  readonly modules: readonly string[];
  readonly bytes: number;
}

/** By the path of an entry's source, as the metafile has it; entries that need nothing more are left out. */
export function sharedImports({ outputs }: Metafile): Map<string, SharedImports> {
  const entries = Object.keys(outputs).filter((name) => outputs[name]?.entryPoint !== undefined);
  const needs = new Map(entries.map((entry) => [entry, filesOf(entry, outputs)]));
  const groups = joined(sharedGroups(outputs, needs, loadedBy(outputs, needs)));
  const imports = new Map<string, SharedImports>();
  for (const [entry, files] of needs) {
    const own = new Set([...files].flatMap((file) => modulesOf(outputs, file)));
    const modules = groups.filter((group) => group.entries.has(entry)).flatMap((group) => group.modules)
      .filter((module) => !own.has(module));
    const { entryPoint, exports = [] } = outputs[entry] ?? {};
    if (entryPoint !== undefined && modules.length > 0) imports.set(entryPoint, { exports, modules });
  }
  return imports;
}

/** The files that come with one, itself among them. */
function filesOf(file: string, outputs: Metafile["outputs"], found = new Set<string>()): Set<string> {
  if (found.has(file)) return found;
  found.add(file);
  for (const { path, kind } of outputs[file]?.imports ?? []) {
    if (kind === "import-statement") filesOf(path, outputs, found);
  }
  return found;
}

function modulesOf(outputs: Metafile["outputs"], file: string): string[] {
  return Object.keys(outputs[file]?.inputs ?? {});
}

/** What is there once an entry has been loaded: what it needs, and for one that is imported later what all its importers have. */
function loadedBy(outputs: Metafile["outputs"], needs: ReadonlyMap<string, ReadonlySet<string>>) {
  const loaded = new Map([...needs].map(([entry, files]) => [entry, new Set(files)]));
  // Subtle: what is imported later may import others later still, so that once is not enough.
  for (let hasGrown = true; hasGrown;) {
    hasGrown = false;
    for (const [entry, files] of loaded) {
      const importers = [...needs].filter(([, needed]) =>
        [...needed].some((file) => importsLater(outputs, file, entry))
      );
      const [first, ...others] = importers.map(([importer]) => loaded.get(importer) ?? new Set<string>());
      const common = [...first ?? []].filter((file) => others.every((other) => other.has(file)) && !files.has(file));
      for (const file of common) files.add(file);
      hasGrown ||= common.length > 0;
    }
  }
  return loaded;
}

function importsLater(outputs: Metafile["outputs"], file: string, entry: string): boolean {
  return (outputs[file]?.imports ?? []).some(({ path, kind }) => kind === "dynamic-import" && path === entry);
}

/** What more than one entry needs, by the entries that have it when they run. */
function sharedGroups(
  outputs: Metafile["outputs"],
  needs: ReadonlyMap<string, ReadonlySet<string>>,
  loaded: ReadonlyMap<string, ReadonlySet<string>>,
): Group[] {
  const groups = new Map<string, Group>();
  const isShared = (file: string) => [...needs.values()].filter((files) => files.has(file)).length > 1;
  for (const file of Object.keys(outputs).filter(isShared)) {
    const entries = new Set([...loaded].filter(([, files]) => files.has(file)).map(([entry]) => entry));
    const key = [...entries].join();
    const { modules, bytes } = groups.get(key) ?? { modules: [], bytes: 0 };
    const more = Object.values(outputs[file]?.inputs ?? {}).reduce((sum, { bytesInOutput }) => sum + bytesInOutput, 0);
    groups.set(key, { entries, modules: [...modules, ...modulesOf(outputs, file)], bytes: bytes + more });
  }
  return [...groups.values()];
}

/** Joins the two groups of which the least is loaded without need, again and again, as far as no entry loads too much so. */
function joined(groups: readonly Group[]): readonly Group[] {
  const unused = new Map<string, number>();
  const unusedAfter = (one: Group, other: Group): readonly (readonly [string, number])[] => [
    ...[...other.entries.difference(one.entries)].map((entry) => [entry, one.bytes] as const),
    ...[...one.entries.difference(other.entries)].map((entry) => [entry, other.bytes] as const),
  ];
  let left = groups;
  while (true) {
    const pairs = left.flatMap((one, index) => left.slice(index + 1).map((other) => ({ one, other })))
      .map((pair) => ({ ...pair, more: unusedAfter(pair.one, pair.other) }))
      .filter(({ more }) => more.every(([entry, bytes]) => (unused.get(entry) ?? 0) + bytes <= MOST_UNUSED_BYTES));
    const [first, ...others] = pairs;
    if (first === undefined) return left;
    const cost = ({ more }: typeof first) => more.reduce((sum, [, bytes]) => sum + bytes, 0);
    const { one, other, more } = others.reduce((best, pair) => cost(pair) < cost(best) ? pair : best, first);
    for (const [entry, bytes] of more) unused.set(entry, (unused.get(entry) ?? 0) + bytes);
    const both = {
      entries: one.entries.union(other.entries),
      modules: [...one.modules, ...other.modules],
      bytes: one.bytes + other.bytes,
    };
    left = [...left.filter((group) => group !== one && group !== other), both];
  }
}
