/**
 * Decimals of a Parquet file, exactly: a whole number and how many of its digits stand after the point. The reader of the
 * file multiplies by a power of ten, which changes their last digits, so it is given them as whole numbers.
 */
import type { FileMetaData, SchemaElement, SchemaTree } from "hyparquet";

/** Makes the values of a column from whole numbers. */
type Reading = (value: unknown) => unknown;

/** The same file, whose decimals are whole numbers. */
export function withWholeNumbers(metadata: FileMetaData): FileMetaData {
  return { ...metadata, schema: metadata.schema.map((element) => isDecimal(element) ? whole(element) : element) };
}

/** Column → what makes its values from whole numbers, where there are decimals in it. @param root of the file as it is */
export function decimalReadings(root: SchemaTree): ReadonlyMap<string, Reading> {
  return new Map(readings(root));
}

function readings({ children }: SchemaTree): readonly (readonly [string, Reading])[] {
  return children.flatMap((child) => {
    const reading = readingOf(child);
    return reading === undefined ? [] : [[child.element.name, reading] as const];
  });
}

function readingOf(node: SchemaTree): Reading | undefined {
  const { element, children: [child] } = node;
  if (child === undefined) {
    return isDecimal(element) ? eachOf((value) => decimal(value, element.scale ?? 0)) : undefined;
  }
  if (element.converted_type === "LIST") {
    const [only, other] = child.children;
    const item = readingOf(only !== undefined && other === undefined ? only : child);
    return item && eachOf(item);
  }
  if (element.converted_type === "MAP") {
    const values = child.children.find(({ element }) => element.name === "value");
    const value = values && readingOf(values);
    return value && eachOf((map) => fieldsOf(map, () => value));
  }
  const fields = new Map(readings(node));
  return fields.size === 0 ? undefined : eachOf((struct) => fieldsOf(struct, (name) => fields.get(name)));
}

/** Of a value, or of each in a list of them; what is absent stays so. */
function eachOf(reading: Reading): Reading {
  return (value) => {
    if (value === undefined || value === null) return value;
    return Array.isArray(value) ? value.map(eachOf(reading)) : reading(value);
  };
}

function fieldsOf(value: unknown, readingOf: (name: string) => Reading | undefined): unknown {
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, readingOf(name)?.(item) ?? item]));
}

/** Of the other kind of bytes the reader would make texts. */
function isDecimal({ type, converted_type: converted, logical_type: logical }: SchemaElement): boolean {
  return (converted === "DECIMAL" || logical?.type === "DECIMAL") && type !== "BYTE_ARRAY";
}

function whole({ converted_type: _, logical_type: __, ...element }: SchemaElement): SchemaElement {
  return element;
}

const EXACT_DIGITS = 15;

/** A number where that holds the decimal exactly, else its text. */
function decimal(value: unknown, scale: number): unknown {
  const unscaled = wholeNumber(value);
  if (unscaled === undefined) return value;
  const digits = String(unscaled < 0n ? -unscaled : unscaled).padStart(scale + 1, "0");
  const sign = unscaled < 0n ? "-" : "", point = digits.length - scale;
  const text = scale > 0 ? `${sign}${digits.slice(0, point)}.${digits.slice(point)}` : `${sign}${digits}`;
  // Subtle: a number holds any decimal of so many digits, and a whole number of a few more.
  const isExact = scale > 0 ? digits.replace(/^0+/, "").length <= EXACT_DIGITS : Number.isSafeInteger(Number(unscaled));
  return isExact ? Number(text) : text;
}

/** @param value a number, or the bytes of one, in two's complement and the highest first */
function wholeNumber(value: unknown): bigint | undefined {
  if (typeof value === "bigint") return value;
  if (typeof value === "number") return BigInt(value);
  if (!(value instanceof Uint8Array)) return undefined;
  const unsigned = value.reduce((sum, byte) => sum * 256n + BigInt(byte), 0n);
  return BigInt.asIntN(value.length * 8, unsigned);
}
