/** DuckDB where native code may run. It is found by import when it is needed, and nothing depends on it. */
import type { DuckDBConnection } from "@duckdb/node-api";

export type DuckDb = typeof import("@duckdb/node-api");
export type { DuckDBAppender, DuckDBConnection, DuckDBInstance, DuckDBValue } from "@duckdb/node-api";

/** Most memory that one database takes for its pages; what does not fit goes to its own folder. */
const MEMORY_LIMIT = "64MB";
const MOST_THREADS = 4;

/** Whether this process may load native code: asking loads nothing. */
export function mayLoad(): boolean {
  return Deno.permissions.querySync({ name: "ffi" }).state === "granted";
}

/** @throws when the package is not installed for this machine */
export async function loadDuckDb(): Promise<DuckDb> {
  return await import("@duckdb/node-api");
}

/** @param spillPath folder for what does not fit into memory; the database makes it when it needs it */
export function settings(spillPath: string): Record<string, string> {
  return {
    threads: String(Math.min(MOST_THREADS, navigator.hardwareConcurrency)),
    memory_limit: MEMORY_LIMIT,
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
