/** DuckDB where native code may run. It is found by import when it is needed, and nothing depends on it. */
import type { DuckDBConnection } from "@duckdb/node-api";

export type DuckDb = typeof import("@duckdb/node-api");
export type { DuckDBAppender, DuckDBConnection, DuckDBInstance, DuckDBType, DuckDBValue } from "@duckdb/node-api";
/** The calls below that API, of which writing an index needs a few. */
export type Bindings = typeof import("@duckdb/node-bindings");
export type { Vector } from "@duckdb/node-bindings";

/** Most memory that one database takes for its pages; what does not fit goes to its own folder. */
const MEMORY = { reading: "64MB", writing: "32MB", "writing long texts": "512MB" } as const;
/** Writing has a thread of its own already, that prepares what is written. */
const MOST_THREADS = { reading: 4, writing: 1, "writing long texts": 1 } as const;
export type Purpose = keyof typeof MEMORY;

/** Whether this process may load native code: asking loads nothing. */
export function mayLoad(): boolean {
  return Deno.permissions.querySync({ name: "ffi" }).state === "granted";
}

/** @throws when the package is not installed for this machine */
export async function loadDuckDb(): Promise<DuckDb> {
  return await import("@duckdb/node-api");
}

export async function loadBindings(): Promise<Bindings> {
  return (await import("@duckdb/node-bindings")).default;
}

/** @param spillPath folder for what does not fit into memory; the database makes it when it needs it */
export function settings(purpose: Purpose, spillPath: string): Record<string, string> {
  return {
    threads: String(Math.min(MOST_THREADS[purpose], navigator.hardwareConcurrency)),
    memory_limit: MEMORY[purpose],
    temp_directory: spillPath,
    autoinstall_known_extensions: "false",
    autoload_known_extensions: "false",
    preserve_insertion_order: "false",
  };
}

/** After this no statement reaches a file beside those that are open, and nothing takes it back. */
export async function lock(connection: DuckDBConnection): Promise<void> {
  await connection.run("SET enable_external_access = false");
  await connection.run("SET lock_configuration = true");
}
