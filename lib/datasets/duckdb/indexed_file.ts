/** A file of a split, and how it is read: what a thread is told of it. */

export type FileFormat =
  | { readonly format: "jsonl" }
  | { readonly format: "csv"; readonly options: { readonly delimiter?: string } }
  | { readonly format: "parquet"; readonly options: { readonly columns?: readonly string[] } };

/** A file, and how it is read. */
export type IndexedFile = { readonly href: string } & FileFormat;
