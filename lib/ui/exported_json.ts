/** What a file holds that was chosen to be imported: it may be any file. */

/** @throws {SyntaxError} beginning with `what`, as the parser's own words name neither the deed nor the file it needs */
export function exportedJson(text: string, what: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new SyntaxError(`${what}: expected a file as Export writes it, and this is no JSON (${reason})`);
  }
}
