import { useLayoutEffect, useState } from "preact/hooks";
import { visibleText } from "../../lm/visible_text.ts";
import { cx } from "../../ui/cx.ts";
import type { Wire } from "../element.ts";
import { type LinkPath, linkPath, type RowPlace } from "./link_path.ts";
import type { LinkColour, RowLink } from "./table.ts";

type Link = Wire<RowLink>;

interface LinkLinesProps {
  /** Name of the table whose links they are. */
  readonly table: string;
  /** Id of the row whose links are shown. */
  readonly row: number;
  readonly links: readonly Link[];
}

interface Line extends LinkPath {
  readonly link: Link;
  /** Lines to the same row before it. */
  readonly level: number;
}

const COLOURS: Readonly<Record<LinkColour, string>> = {
  red: "light-dark(oklch(0.58 0.2 25),oklch(0.7 0.17 25))",
  blue: "light-dark(oklch(0.52 0.18 262),oklch(0.7 0.14 262))",
  green: "light-dark(oklch(0.56 0.15 148),oklch(0.74 0.15 148))",
  orange: "light-dark(oklch(0.66 0.17 52),oklch(0.78 0.14 62))",
  lightblue: "light-dark(oklch(0.64 0.12 235),oklch(0.8 0.09 235))",
};
const MAX_WIDTH_PX = 24;
const LEVEL_PX = 20;
const LABEL_WIDTH_PX = 220;
const MOVING_EVENTS = ["scroll", "resize", "click", "transitionend"] as const;

/** The lines of one row's links, over the page, with both ends marked; they follow what scrolls or changes its size. */
export function LinkLines({ table, row, links }: LinkLinesProps) {
  const [lines, setLines] = useState<readonly Line[]>([]);

  useLayoutEffect(() => {
    const own = links.filter((link) => link.row === row);
    const marked = new Set<HTMLElement>();
    let frame = 0;
    const draw = () => {
      unmark(marked);
      setLines(measure(table, row, own, marked));
    };
    const later = () => {
      cancelAnimationFrame(frame);
      frame = requestAnimationFrame(draw);
    };
    const sizes = new ResizeObserver(later);
    sizes.observe(document.body);
    for (const event of MOVING_EVENTS) addEventListener(event, later, { capture: true, passive: true });
    const stopLeaving = blurOutside(table, row);
    draw();
    return () => {
      cancelAnimationFrame(frame);
      sizes.disconnect();
      for (const event of MOVING_EVENTS) removeEventListener(event, later, { capture: true });
      stopLeaving();
      unmark(marked);
    };
  }, [table, row, links]);

  // Subtle: in this order no line runs over a label.
  return (
    <svg data-links={table} aria-hidden="true" class="pointer-events-none fixed inset-0 z-30 h-full w-full">
      {lines.map((line, index) => <LineView key={index} line={line} />)}
      {lines.filter(({ link }) => link.label !== "").map((line, index) => <LabelView key={index} line={line} />)}
    </svg>
  );
}

/** Subtle: the halo keeps the line apart from text that it crosses. */
function LineView({ line: { d, startX, startY, endX, endY, link } }: { readonly line: Line }) {
  const colour = cssColour(link.colour);
  const width = Math.min(link.importance, MAX_WIDTH_PX);
  return (
    <g fill={colour}>
      <path d={d} fill="none" stroke="var(--panel)" stroke-width={width + 3} />
      <path data-link="" d={d} fill="none" stroke={colour} stroke-width={width} stroke-linecap="round" />
      <circle cx={startX} cy={startY} r={1 + width / 2} />
      <circle cx={endX} cy={endY} r={3 + width / 2} stroke="var(--panel)" />
    </g>
  );
}

function LabelView({ line: { labelX, labelEnds, endY, level, link } }: { readonly line: Line }) {
  return (
    <foreignObject
      x={labelEnds ? labelX - LABEL_WIDTH_PX : labelX}
      y={endY - LEVEL_PX / 2 + level * LEVEL_PX}
      width={LABEL_WIDTH_PX}
      height={LEVEL_PX}
    >
      <div class={cx("flex h-full items-center", labelEnds && "justify-end")}>
        <span class="truncate rounded-sm border border-edge bg-panel px-1 text-11 tabular-nums">
          {visibleText(link.label)}
        </span>
      </div>
    </foreignObject>
  );
}

function cssColour(colour: string): string {
  const own = Object.entries(COLOURS).find(([name]) => name === colour)?.[1];
  return own ?? (CSS.supports("color", colour) ? colour : "var(--accent)");
}

/** Where the lines of a row run now. Marks the rows at their ends and notes them in `marked`. */
function measure(table: string, row: number, links: readonly Link[], marked: Set<HTMLElement>): readonly Line[] {
  const start = findRow(table, row);
  if (start.element === undefined || start.place === undefined) return [];
  mark(start.element, "var(--accent) 22%", marked);
  const levels = new Map<string, number>();
  const lines: Line[] = [];
  for (const link of links) {
    const { element, place } = findRow(link.table.element, link.target);
    if (place === undefined) continue;
    if (element !== undefined && element !== start.element) mark(element, "var(--accent) 10%", marked);
    const target = `${link.table.element} ${link.target}`;
    const level = levels.get(target) ?? 0;
    levels.set(target, level + 1);
    lines.push({ ...linkPath(start.place, place, document.documentElement.clientWidth), link, level });
  }
  return lines;
}

interface FoundRow {
  readonly element?: HTMLElement | undefined;
  /** Undefined when its table is not to be seen. */
  readonly place?: RowPlace;
}

/** Subtle: a row that its table has scrolled away, or not drawn, is met at the edge of the table's box. */
function findRow(table: string, id: number): FoundRow {
  const box = document.querySelector<HTMLElement>(`[data-table="${CSS.escape(table)}"] > [role=region]`);
  if (box === null || !box.checkVisibility()) return {};
  const element = box.querySelector<HTMLElement>(`:scope > table > tbody > [data-row="${id}"]`) ?? undefined;
  const head = box.querySelector(":scope > table > thead")?.getBoundingClientRect().height ?? 0;
  const edges = box.getBoundingClientRect();
  const own = element?.getBoundingClientRect();
  const y = own === undefined ? edges.bottom : own.top + own.height / 2;
  const place = {
    left: Math.max(edges.left, own?.left ?? edges.left),
    right: Math.min(edges.right, own?.right ?? edges.right),
    y: Math.min(Math.max(y, edges.top + head), edges.bottom - 2),
  };
  return { element, place };
}

function mark(row: HTMLElement, tint: string, marked: Set<HTMLElement>): void {
  row.style.background = `color-mix(in oklab,${tint},var(--panel))`;
  marked.add(row);
}

function unmark(marked: Set<HTMLElement>): void {
  for (const row of marked) row.style.background = "";
  marked.clear();
}

/** A tap beside a row ends its focus, which on touch screens would stay. */
function blurOutside(table: string, row: number): () => void {
  const leave = ({ target }: Event) => {
    const { element } = findRow(table, row);
    const isInside = target instanceof Node && element?.contains(target);
    if (!isInside && document.activeElement === element) element?.blur();
  };
  document.addEventListener("pointerdown", leave);
  return () => document.removeEventListener("pointerdown", leave);
}
