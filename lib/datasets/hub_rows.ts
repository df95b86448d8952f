/** A split of a data set on the Hugging Face Hub, a page of rows at a time: for where no file may be written. */
import * as v from "valibot";
import { dictionary } from "../lm/dictionary.ts";
import { checkIndex, type Dataset, type DatasetContext } from "./dataset.ts";
import { parseExactly } from "./exact_json.ts";
import { hubRefusal } from "./hub_refusal.ts";
import type { FoundRow } from "./row_query.ts";
import { checkRow, type RowSchema } from "./row_schema.ts";
import { LateError } from "./late_error.ts";
import { lookAtRows } from "./statistics.ts";
import { thrownText } from "../lm/thrown.ts";

/** Where the Hub serves rows. */
const ROWS_HOST = "https://datasets-server.huggingface.co";

/** Rows of one answer, as many as there may be, and how many answers stay in memory. */
const PAGE_ROWS = 100, KEPT_PAGES = 32;

/** Rows that are looked through at most: each hundred is a request. */
const MOST_SCANNED = 20_000;

/** Answers, at even distances, that tell what the values of each field are like where there are more rows. */
const SAMPLED_PAGES = 40;

/** Longest wait for one answer. */
const ANSWER_MS = 30_000;

/** As the Hub describes it: https://huggingface.co/docs/dataset-viewer/rows */
const pageSchema = v.object({
  rows: v.array(v.object({
    row_idx: v.number(),
    row: dictionary(v.unknown()),
    truncated_cells: v.optional(v.array(v.string()), []),
  })),
  num_rows_total: v.pipe(v.number(), v.integer(), v.minValue(0)),
  /** Of a split that is too large for the Hub to serve all of it. */
  partial: v.optional(v.boolean(), false),
});
type Page = v.InferOutput<typeof pageSchema>;

export interface HubSplit<Sample> {
  /** `org/name` */
  readonly id: string;
  /** A commit that the rows must be of; `main` takes what there is. */
  readonly revision: string;
  readonly config: string;
  readonly split: string;
  readonly schema: RowSchema<Sample> | undefined;
}

/** @throws {Error} saying why the Hub serves no rows of it */
export async function hubRows<Sample extends object>(
  wanted: HubSplit<Sample>,
  context: DatasetContext | undefined,
): Promise<Dataset<Sample>> {
  const pages = new Pages(wanted, context);
  const { num_rows_total: size, partial } = await pages.read(0);
  const sampleOf = (page: Page, index: number): Sample => {
    const found = page.rows.find(({ row_idx }) => row_idx === index);
    if (found === undefined) throw new SyntaxError(`Cannot read row ${index} of ${wanted.id}: the answer lacks it`);
    const [cut] = found.truncated_cells;
    if (cut === undefined) return checkRow(found.row, wanted.schema);
    throw new RangeError(`Cannot read row ${index} of ${wanted.id}: the Hub cuts "${cut}" off; read its files instead`);
  };
  const rest = `Cannot read what follows row ${
    size - 1
  } of ${wanted.id}: the Hub serves no more; read its files instead`;
  return {
    size,
    problems: partial ? [{ line: size + 1, before: size, message: rest }] : [],
    async row(index) {
      checkIndex(index, size);
      return sampleOf(await pages.read(Math.floor(index / PAGE_ROWS)), index);
    },
    async statistics() {
      const count = Math.ceil(size / PAGE_ROWS), looked = size <= MOST_SCANNED ? count : SAMPLED_PAGES;
      const rows: Sample[] = [];
      for (let place = 0; place < looked; place++) {
        const number = Math.floor(place * count / looked), first = number * PAGE_ROWS;
        // Subtle: it is tried again by whoever asks next, as what comes too late is.
        const page = await pages.read(number).catch((cause) => {
          throw new LateError(thrownText(cause), { cause });
        });
        for (let index = first; index < Math.min(size, first + PAGE_ROWS); index++) {
          try {
            rows.push(sampleOf(page, index));
          } catch {
            // A row that cannot be read stands in the table, with its reason.
          }
        }
      }
      const seen = await lookAtRows({ size: rows.length, problems: [], row: (index) => rows[index] });
      return { ...seen, isWhole: rows.length === size };
    },
    async *scan() {
      if (size > MOST_SCANNED) {
        throw new RangeError(
          `Cannot look through ${size} rows of ${wanted.id}: at most ${MOST_SCANNED} are, where no file may be kept`,
        );
      }
      for (let first = 0; first < size; first += PAGE_ROWS) {
        const page = await pages.read(first / PAGE_ROWS);
        yield Array.from({ length: Math.min(PAGE_ROWS, size - first) }, (_, place): FoundRow => {
          try {
            return { index: first + place, row: sampleOf(page, first + place) };
          } catch (error) {
            return { index: first + place, fault: thrownText(error) };
          }
        });
      }
    },
  };
}

/** Answers by their number, those used last. */
class Pages {
  readonly #known = new Map<number, Promise<Page>>();
  readonly #wanted: HubSplit<object>;
  readonly #host: string;
  readonly #token: string | undefined;

  constructor(wanted: HubSplit<object>, context: DatasetContext | undefined) {
    this.#wanted = wanted;
    this.#host = context?.rowsHost ?? ROWS_HOST;
    this.#token = context?.env?.("HF_TOKEN") || undefined;
  }

  read(number: number): Promise<Page> {
    const page = this.#known.get(number) ?? this.#fetch(number);
    this.#known.delete(number);
    this.#known.set(number, page);
    page.catch(() => this.#known.delete(number)); // So that the next look tries again.
    for (const oldest of this.#known.keys()) if (this.#known.size > KEPT_PAGES) this.#known.delete(oldest);
    return page;
  }

  async #fetch(number: number): Promise<Page> {
    const { id, config, split, revision } = this.#wanted;
    const address = new URL("/rows", this.#host);
    const asked = { dataset: id, config, split, offset: `${number * PAGE_ROWS}`, length: `${PAGE_ROWS}` };
    for (const [name, value] of Object.entries(asked)) address.searchParams.set(name, value);
    const failed = (reason: string, cause?: unknown) =>
      new Error(`Cannot open ${id}, split "${split}" of "${config}": ${reason}`, { cause });
    const response = await fetch(address, {
      redirect: "error",
      signal: AbortSignal.timeout(ANSWER_MS),
      headers: this.#token === undefined ? {} : { authorization: `Bearer ${this.#token}` },
    }).catch((error) => {
      throw error instanceof Deno.errors.NotCapable
        ? failed(`add "${address.host}" to "net" of the task's permissions in deno.json`, error)
        : failed(`${address.host} cannot be reached (${thrownText(error)})`, error);
    });
    const body = await response.text().then(parseExactly).catch(() => undefined);
    if (!response.ok) {
      throw failed(
        hubRefusal(response.status, this.#token !== undefined) ?? refusalOf(response.status, address.host, body),
      );
    }
    const commit = response.headers.get("x-revision");
    if (revision !== "main" && commit !== revision) {
      throw failed(`the Hub serves rows of the commit ${commit ?? "it does not name"} alone, not of "${revision}"`);
    }
    const page = v.safeParse(pageSchema, body);
    if (page.success) return page.output;
    throw failed(`${address.host} answers what are no rows: ${page.issues[0].message}`);
  }
}

function refusalOf(status: number, host: string, body: unknown): string {
  const told = typeof body === "object" && body !== null && "error" in body && typeof body.error === "string"
    ? `: ${body.error}`
    : "";
  return `${host} answers ${status}${told}`;
}
