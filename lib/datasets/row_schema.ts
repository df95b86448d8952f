import * as v from "valibot";

/** Checks a row, and may change it; any schema library's schema would do, ours is valibot's. */
export type RowSchema<Sample> = v.GenericSchema<unknown, Sample>;

/** A row as the developer's type promises it. @throws {SyntaxError} naming the field that the schema refuses */
export function checkRow<Sample extends object>(value: object, schema: RowSchema<Sample> | undefined): Sample {
  if (schema === undefined) return value as Sample; // Subtle: without a schema the developer's type is their promise.
  const parsed = v.safeParse(schema, value);
  if (parsed.success) return parsed.output;
  const issue = parsed.issues[0];
  const field = v.getDotPath(issue);
  throw new SyntaxError(field === null ? issue.message : `field "${field}": ${issue.message}`);
}
