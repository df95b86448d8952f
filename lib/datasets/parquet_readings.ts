/**
 * Values of a Parquet file that its reader changes, refuses or leaves as they are stored. Decimals, exactly: a whole number and
 * how many of its digits stand after the point; the reader multiplies by a power of ten, which changes their last digits, so it
 * is given them as whole numbers. Times of day and intervals as texts.
 */
import type { FileMetaData, SchemaElement, SchemaTree } from "hyparquet";

/** Makes the values of a column from what is stored. */
type Reading = (value: unknown) => unknown;

/** The same file, whose decimals are whole numbers and whose intervals are bytes. */
export function withStoredValues(metadata: FileMetaData): FileMetaData {
  const isStored = (element: SchemaElement) => isDecimal(element) || isInterval(element);
  return { ...metadata, schema: metadata.schema.map((element) => isStored(element) ? bare(element) : element) };
}

/** Column → what makes its values from what is stored, where there are such in it. @param root of the file as it is */
export function columnReadings(root: SchemaTree): ReadonlyMap<string, Reading> {
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
  if (child === undefined) return leafReading(element);
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

function leafReading(element: SchemaElement): Reading | undefined {
  if (isDecimal(element)) return eachOf((value) => decimal(value, element.scale ?? 0));
  if (isInterval(element)) return eachOf(intervalText);
  const digits = timeDigits(element);
  return digits === undefined ? undefined : eachOf((value) => timeOfDayText(value, digits));
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

function isInterval({ type, converted_type: converted, type_length: length }: SchemaElement): boolean {
  return converted === "INTERVAL" && type === "FIXED_LEN_BYTE_ARRAY" && length === INTERVAL_BYTES;
}

/** Of a second, that a time of day has; undefined for what is none. */
function timeDigits({ converted_type: converted, logical_type: logical }: SchemaElement): number | undefined {
  const unit = logical?.type === "TIME" ? logical.unit : undefined;
  if (converted === "TIME_MILLIS" || unit === "MILLIS") return 3;
  if (converted === "TIME_MICROS" || unit === "MICROS") return 6;
  return unit === "NANOS" ? 9 : undefined;
}

function bare({ converted_type: _, logical_type: __, ...element }: SchemaElement): SchemaElement {
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

const DAY_SECONDS = 86_400n;

/**
 * As ISO 8601 writes it; what lies outside of a day stays as it is.
 * @example timeOfDayText(3_723_500_000n, 6) is "01:02:03.5"
 */
function timeOfDayText(value: unknown, digits: number): unknown {
  const time = wholeNumber(value), unit = 10n ** BigInt(digits);
  if (time === undefined || time < 0n || time >= DAY_SECONDS * unit) return value;
  const seconds = Number(time / unit), rest = String(time % unit).padStart(digits, "0").replace(/0+$/, "");
  const [hour, minute, second] = [seconds / 3600, seconds / 60 % 60, seconds % 60].map((part) =>
    String(Math.floor(part)).padStart(2, "0")
  );
  return `${hour}:${minute}:${second}${rest === "" ? "" : `.${rest}`}`;
}

/** Months, days and milliseconds, each a whole number of 32 bits with its lowest byte first. */
const INTERVAL_BYTES = 12;

/** As ISO 8601 writes a duration. @example of 14 months and half a second "P14MT0.5S" */
function intervalText(value: unknown): unknown {
  if (!(value instanceof Uint8Array) || value.length !== INTERVAL_BYTES) return value;
  const view = new DataView(value.buffer, value.byteOffset, value.byteLength);
  const [months = 0, days = 0, millis = 0] = [0, 4, 8].map((at) => view.getUint32(at, true));
  const date = `${months > 0 ? `${months}M` : ""}${days > 0 ? `${days}D` : ""}`;
  return `P${date}${millis > 0 || date === "" ? `T${millis / 1000}S` : ""}`;
}
