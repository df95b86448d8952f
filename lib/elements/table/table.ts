import { Element, type ElementOptions, type Scalar } from "../element.ts";
import { quote } from "../../lm/quote.ts";
import type { StoredCell } from "./cell.ts";

/** What a cell may hold: a value that is shown as it is, or any other element. */
export type Cell = Scalar | Element<object>;
export type Row = readonly Cell[];

/** Colours that suit light and dark; a link takes any other CSS colour too. */
export type LinkColour = "red" | "blue" | "green" | "orange" | "lightblue";

export interface LinkOptions {
  /** Width of the line, in px. Default 3. */
  readonly importance?: number;
  /** Stands near the end of the line. */
  readonly label?: Scalar;
  /** Default "orange". What is no CSS colour is drawn in the accent. */
  readonly colour?: LinkColour | (string & Record<never, never>);
}

/** Subtle: rows are told apart by ids, which a link keeps when rows are put before it: see `TableState.first`. */
export interface RowLink {
  readonly row: number;
  readonly table: Element<TableState>;
  readonly target: number;
  readonly importance: number;
  readonly label: string;
  readonly colour: string;
}

export interface TableState {
  readonly title: string;
  readonly headers: readonly string[];
  /** Id of the first row; the others count on from it. An id is never used again for another row. */
  readonly first: number;
  readonly rows: readonly (readonly StoredCell[])[];
  readonly links: readonly RowLink[];
  readonly latex: boolean;
  readonly csv: boolean;
  readonly sortable: boolean;
}

export interface TableOptions extends ElementOptions {
  readonly title?: Scalar;
  readonly rows?: readonly Row[];
  /** Offers the table as LaTeX code. Default true. */
  readonly latex?: boolean;
  /** Offers the table as a CSV file. Default true. */
  readonly csv?: boolean;
  /** A click on a header sorts. Default true. */
  readonly sortable?: boolean;
}

/** Ids that `set` leaves free for rows before its own: more than a page can hold, and room for as many calls. */
const ROOM_BEFORE = 2 ** 26;

export class Table extends Element<TableState> {
  /** @throws {RangeError} without headers, or for a row of another length @throws {TypeError} for a cell of no kind */
  constructor(headers: readonly Scalar[], options: TableOptions = {}) {
    const { title = "", rows = [], latex = true, csv = true, sortable = true, ...rest } = options;
    const names = headers.map(String);
    super(
      "table",
      { title: String(title), headers: names, first: 0, rows: [], links: [], latex, csv, sortable },
      rest,
    );
    if (names.length === 0) {
      throw new RangeError(`Cannot create ${this.#label}: expected at least one header, got none`);
    }
    if (rows.length > 0) this.set(rows);
  }

  /** Adds rows below; the page is sent these alone. @throws as the constructor does, with no row added */
  append(...rows: readonly Row[]): void {
    const stored = this.#store(rows, this.state.rows.length);
    if (stored.length > 0) this.lengthen("rows", stored);
  }

  /** Adds rows above, in their order. Links stay with the rows that they were made for. */
  prepend(...rows: readonly Row[]): void {
    const stored = this.#store(rows, 0);
    if (stored.length === 0) return;
    this.change({ rows: [...stored, ...this.state.rows], first: this.state.first - stored.length });
  }

  /** Takes these rows in place of all; links from and to the old ones go with them. */
  set(rows: readonly Row[]): void {
    const stored = this.#store(rows, 0);
    const { first, rows: old } = this.state;
    const next = old.length === 0 ? first : first + old.length + ROOM_BEFORE;
    this.change({ rows: stored, first: next, links: [] });
  }

  /** Removes every row, and the links that start here. */
  clear(): void {
    this.set([]);
  }

  setTitle(title: Scalar): void {
    this.change({ title: String(title) });
  }

  /**
   * Links a row to one of another table, or of this one; the line is shown while `row` is hovered, focused or tapped.
   * Rows count from 0.
   * @throws {RangeError} for a row that is not there, or an importance that is no width
   * @throws {TypeError} for a colour that is no string
   */
  link(
    row: number,
    other: Table,
    otherRow: number,
    { importance = 3, label = "", colour = "orange" }: LinkOptions = {},
  ): void {
    if (!(other instanceof Table)) {
      throw new TypeError(
        `Cannot link row ${row} of ${this.#label}: expected a table as its target, got ${quote(other)}`,
      );
    }
    if (typeof colour !== "string") {
      throw new TypeError(
        `Cannot link row ${row} of ${this.#label}: its colour must be a string, got ${quote(colour)}`,
      );
    }
    if (!(importance > 0 && importance < Infinity)) {
      throw new RangeError(
        `Cannot link row ${row} of ${this.#label}: its importance must be above 0, got ${importance}`,
      );
    }
    const from = this.#idOf(row, "from");
    const target = other.#idOf(otherRow, "to");
    this.lengthen("links", [{ row: from, table: other, target, importance, label: String(label), colour }]);
  }

  /** Removes the links that start at this table. */
  clearLinks(): void {
    this.change({ links: [] });
  }

  get #label(): string {
    return `table "${this.state.title === "" ? this.wantedName : this.state.title}"`;
  }

  #idOf(row: number, way: "from" | "to"): number {
    const { first, rows } = this.state;
    if (Number.isInteger(row) && row >= 0 && row < rows.length) return first + row;
    const known = rows.length === 0 ? "it has no rows" : `its rows are 0 to ${rows.length - 1}`;
    throw new RangeError(`Cannot link ${way} row ${row} of ${this.#label}: ${known}`);
  }

  #store(rows: readonly Row[], start: number): readonly (readonly StoredCell[])[] {
    const width = this.state.headers.length;
    return rows.map((row, index) => {
      const where = `row ${start + index} of ${this.#label}`;
      if (!Array.isArray(row)) throw new TypeError(`Cannot add ${where}: expected a list of cells, got ${quote(row)}`);
      if (row.length !== width) {
        throw new RangeError(`Cannot add ${where}: expected ${width} cells, one for each header, got ${row.length}`);
      }
      // Subtle: not `row.map`, which would leave the holes of a sparse list as holes.
      return Array.from(row, (cell, column) => storeCell(cell, `${where}, column "${this.state.headers[column]}"`));
    });
  }
}

/** Rows under headers: cells of any scalar or element, links between rows, export, sorting; long ones stay smooth. */
export function table(headers: readonly Scalar[], options: TableOptions = {}): Table {
  return new Table(headers, options);
}

function storeCell(cell: Cell, where: string): StoredCell {
  switch (typeof cell) {
    case "string":
    case "boolean":
      return cell;
    case "number":
      return Number.isFinite(cell) ? cell : { shown: String(cell), isNumber: true };
    case "bigint":
      return { shown: String(cell), isNumber: true };
    case "undefined":
      return { shown: "undefined", isNumber: false };
  }
  if (cell === null || cell instanceof Element) return cell;
  throw new TypeError(`Cannot show ${where}: expected a scalar or an element, got ${typeof cell}`);
}
