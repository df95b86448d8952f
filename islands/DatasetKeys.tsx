import { useEffect, useState } from "preact/hooks";
import { formatRanges, hasRow, parseRanges, toggleRow, withRows } from "../lib/lm/row_ranges.ts";
import { SELECTED } from "../lib/ui/address/dataset_screen.ts";
import { isPageKey, keyOf } from "../lib/ui/page_key.ts";

/** Key → the element that it presses or goes to. */
const TARGETS: Readonly<Record<string, string>> = {
  k: "[data-step=previous]",
  j: "[data-step=next]",
  r: "[data-step=random]",
  e: "[data-step=edit]",
  p: "[data-step=pin]",
  "/": "form[role=search] input[type=search]",
};

/** The fields that ask for some rows only. */
const ROW_WISH = /^(?:q$|filter\.|score\.)/;

/** The keys of the dataset screen, and its clicks with a key. What they do, links and fields do without them. */
export default function DatasetKeys() {
  const [isReady, setIsReady] = useState(false);
  useEffect(() => {
    setIsReady(true);
    // A row was selected: the keys go on from it.
    if (/^#row-\d+$/.test(location.hash)) rowLink(location.hash.slice(5))?.focus();
    addEventListener("keydown", onKey);
    addEventListener("click", onClick);
    addEventListener("submit", onSubmit);
    addEventListener("formdata", onFormData);
    return () => {
      removeEventListener("keydown", onKey);
      removeEventListener("click", onClick);
      removeEventListener("submit", onSubmit);
      removeEventListener("formdata", onFormData);
    };
  }, []);
  return <span hidden data-ready={isReady} />;
}

function onKey(event: KeyboardEvent): void {
  if (!isPageKey(event)) return;
  if (event.key.toLowerCase() === "x" && selectRows(event.shiftKey)) return event.preventDefault();
  const move = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
  if (move !== 0 && !moveRows(move)) return;
  const target = /^[1-9]$/.test(event.key) ? `[data-step=open-${event.key}]` : TARGETS[keyOf(event)];
  if (move === 0 && !go(target)) return;
  event.preventDefault();
}

/** With Shift, a value is kept beside others; with Alt, it is left out. */
function onClick(event: MouseEvent): void {
  const link = event.target instanceof Element ? event.target.closest("[data-add]") : null;
  const to = event.shiftKey ? link?.getAttribute("data-add") : event.altKey ? link?.getAttribute("data-exclude") : null;
  if (to === null || to === undefined) return;
  event.preventDefault();
  location.assign(to);
}

/** Texts that say what the row says need not stand in the address. */
function onSubmit({ target }: SubmitEvent): void {
  if (!(target instanceof HTMLFormElement) || target.dataset.sends !== "changed") return;
  const unchanged = [...target.querySelectorAll("textarea")].filter(({ value, defaultValue, dataset }) =>
    value === defaultValue && dataset.edited === undefined
  );
  for (const field of unchanged) field.disabled = true;
  // Subtle: a browser that goes back shows the form as it was left.
  setTimeout(() => unchanged.forEach((field) => field.disabled = false));
}

/**
 * What is not asked of the rows need not stand in the address.
 * Subtle: an empty text of another name may say something, as no stop texts where the task has some.
 */
function onFormData({ target, formData }: FormDataEvent): void {
  if (!(target instanceof HTMLFormElement) || target.closest("#rows") === null) return;
  for (const [name, value] of [...formData]) if (value === "" && ROW_WISH.test(name)) formData.delete(name);
}

function rowLink(row: string): HTMLElement | null {
  return document.querySelector<HTMLElement>(`[data-row="${row}"]`);
}

/** Selects the row that has the focus, or lets it go; with Shift, all from the one that was selected before to it. */
function selectRows(isRange: boolean): boolean {
  const rows = [...document.querySelectorAll<HTMLElement>("[data-row]")].map(({ dataset }) => Number(dataset.row));
  const at = rows.findIndex((row) => rowLink(String(row)) === document.activeElement), row = rows[at];
  if (row === undefined) return false;
  const [, last = NaN] = /^#row-(\d+)$/.exec(location.hash) ?? [];
  const from = rows.indexOf(Number(last));
  const chosen = isRange && from >= 0 ? rows.slice(Math.min(from, at), Math.max(from, at) + 1) : [row];
  const to = new URL(location.href), selected = parseRanges(to.searchParams.get(SELECTED) ?? "");
  const full = document.querySelector("[data-full]");
  if (full !== null && (isRange || !hasRow(selected, row))) {
    full.scrollIntoView();
    return true;
  }
  // Of a range, rows that are selected already stay so.
  const known = formatRanges(isRange ? withRows(selected, chosen) : toggleRow(selected, row));
  if (known === "") to.searchParams.delete(SELECTED);
  else to.searchParams.set(SELECTED, known);
  to.hash = `row-${row}`;
  location.assign(to);
  return true;
}

function go(selector: string | undefined): boolean {
  const target = selector === undefined ? null : document.querySelector<HTMLElement>(selector);
  if (target instanceof HTMLInputElement) target.focus();
  else target?.click();
  return target !== null;
}

/** Subtle: only from row to row, so that arrows scroll the page everywhere else. */
function moveRows(by: 1 | -1): boolean {
  const links = [...document.querySelectorAll<HTMLElement>("[data-row]")];
  const at = links.findIndex((link) => link === document.activeElement);
  if (at < 0) return false;
  links[at + by]?.focus();
  return true;
}
