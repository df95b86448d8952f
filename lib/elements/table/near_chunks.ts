/** Long tables: which stretches of rows are drawn, and how high the others would be. */
import type { RefObject } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";

/** Even, so that zebra stripes go on from one chunk to the next. */
export const CHUNK_ROWS = 50;
/** Longer tables are drawn by chunks, in a box of their own; the server draws only so many rows. */
export const LONG_ROWS = 200;

/** Rows this far outside the box are drawn already. */
const MARGIN_PX = 900;
/** A row of one line; taken until real ones were measured. */
const ROW_PX = 27;
const FIRST_CHUNKS: ReadonlySet<number> = new Set(Array.from({ length: LONG_ROWS / CHUNK_ROWS }, (_, chunk) => chunk));

interface NearChunks {
  readonly near: ReadonlySet<number>;
  /** Height of a chunk that is not drawn: what it had when it last was, else a guess from those that were. */
  heightPx(chunk: number, rows: number): number;
}

/** @param isOn false while the table is short or the page not interactive; then the first rows alone are near */
export function useNearChunks(box: RefObject<HTMLElement>, chunks: number, isOn: boolean): NearChunks {
  const [near, setNear] = useState(FIRST_CHUNKS);
  const { current: heights } = useRef(new Map<number, number>());

  useEffect(() => {
    const { current: root } = box;
    if (!isOn || root === null) return;
    const observer = new IntersectionObserver((entries) => {
      setNear((before) => {
        const after = new Set(before);
        for (const { target, isIntersecting, boundingClientRect } of entries) {
          const chunk = Number(target.getAttribute("data-chunk"));
          if (before.has(chunk)) heights.set(chunk, boundingClientRect.height);
          if (isIntersecting) after.add(chunk);
          else after.delete(chunk);
        }
        return after;
      });
    }, { root, rootMargin: `${MARGIN_PX}px 0px` });
    for (const body of root.querySelectorAll(":scope > table > [data-chunk]")) observer.observe(body);
    return () => observer.disconnect();
  }, [isOn, chunks]);

  function heightPx(chunk: number, rows: number): number {
    const known = heights.get(chunk);
    if (known !== undefined) return known;
    const measured = [...heights.values()];
    const meanPx = measured.reduce((sum, height) => sum + height, 0) / (measured.length * CHUNK_ROWS);
    return rows * (measured.length > 0 ? meanPx : ROW_PX);
  }

  return { near: isOn ? near : FIRST_CHUNKS, heightPx };
}

/**
 * Keeps the columns of a long table as wide as its first rows make them, as each chunk that is drawn would otherwise
 * move them; measured anew when the box gets another width.
 */
export function useSteadyColumns(box: RefObject<HTMLElement>, isOn: boolean, columns: string): void {
  useEffect(() => {
    const { current: root } = box;
    const grid = root?.querySelector<HTMLElement>(":scope > table");
    if (!isOn || !root || !grid) return;
    const observer = new ResizeObserver(() => {
      loosen(grid);
      fix(grid);
    });
    observer.observe(root);
    return () => {
      observer.disconnect();
      loosen(grid);
    };
  }, [isOn, columns]);
}

function headerCells(grid: HTMLElement): readonly HTMLElement[] {
  return [...grid.querySelectorAll<HTMLElement>(":scope > thead th")];
}

function fix(grid: HTMLElement): void {
  const widths = headerCells(grid).map((cell) => cell.getBoundingClientRect().width);
  const total = grid.getBoundingClientRect().width;
  headerCells(grid).forEach((cell, column) => cell.style.width = `${widths[column]}px`);
  grid.style.width = `${total}px`;
  grid.style.tableLayout = "fixed";
}

function loosen(grid: HTMLElement): void {
  for (const cell of headerCells(grid)) cell.style.width = "";
  grid.style.width = "";
  grid.style.tableLayout = "";
}
