/** A file that is as it should be, but has no row. */
export class EmptyFileError extends SyntaxError {
  override readonly name = "SyntaxError";
}
