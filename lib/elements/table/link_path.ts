/** The curve of a link between two rows, in px of the viewport. */

/** The part of a row that is in sight: its edges, and the height at which a line meets it. */
export interface RowPlace {
  readonly left: number;
  readonly right: number;
  readonly y: number;
}

export interface LinkPath {
  /** For a `path`. */
  readonly d: string;
  readonly startX: number;
  readonly startY: number;
  readonly endX: number;
  readonly endY: number;
  /** Where its label stands, and whether it ends there or begins. */
  readonly labelX: number;
  readonly labelEnds: boolean;
}

const MIN_BEND_PX = 8;
const MAX_BULGE_PX = 48;
const MIN_BULGE_PX = 16;
const LABEL_ROOM_PX = 64;
const LABEL_GAP_PX = 10;

/**
 * Rows side by side are joined at the edges that face each other; rows above each other at their right edges, with a
 * curve that keeps within the page.
 * @example from x 0–100 at y 10 to x 200–300 at y 50 the curve goes from (100, 10) to (200, 50)
 */
export function linkPath(start: RowPlace, end: RowPlace, pageWidth: number): LinkPath {
  if (start.right <= end.left) return rightwards(start, end, pageWidth);
  if (end.right <= start.left) return leftwards(start, end);
  return downwards(start, end, pageWidth);
}

/** The label stands in the gap before the end or, where that is narrow, behind the row. */
function rightwards(start: RowPlace, end: RowPlace, pageWidth: number): LinkPath {
  const gap = end.left - start.right;
  const labelEnds = gap >= LABEL_ROOM_PX || pageWidth - end.right < LABEL_ROOM_PX;
  const labelX = labelEnds ? end.left - LABEL_GAP_PX : end.right + LABEL_GAP_PX;
  const bend = Math.max(MIN_BEND_PX, gap / 2);
  return curve(start.right, start.y, start.right + bend, end.left - bend, end.left, end.y, { labelX, labelEnds });
}

function leftwards(start: RowPlace, end: RowPlace): LinkPath {
  const gap = start.left - end.right;
  const labelEnds = gap < LABEL_ROOM_PX && end.left >= LABEL_ROOM_PX;
  const labelX = labelEnds ? end.left - LABEL_GAP_PX : end.right + LABEL_GAP_PX;
  const bend = Math.max(MIN_BEND_PX, gap / 2);
  return curve(start.left, start.y, start.left - bend, end.right + bend, end.right, end.y, { labelX, labelEnds });
}

function downwards(start: RowPlace, end: RowPlace, pageWidth: number): LinkPath {
  const outmost = Math.max(start.right, end.right);
  const bulge = Math.min(MAX_BULGE_PX, Math.max(MIN_BULGE_PX, pageWidth - outmost - MIN_BULGE_PX / 2));
  // Subtle: where the rows reach to the edge of the page, the curve begins inside them.
  const limit = pageWidth - bulge - MIN_BULGE_PX / 2;
  const startX = Math.min(start.right, limit), endX = Math.min(end.right, limit);
  // A cubic reaches three quarters of the way to its control points.
  const bend = Math.max(startX, endX) + bulge * 4 / 3;
  const labelEnds = pageWidth - endX < LABEL_ROOM_PX;
  const labelX = labelEnds ? endX - LABEL_GAP_PX : endX + LABEL_GAP_PX;
  return curve(startX, start.y, bend, bend, endX, end.y, { labelX, labelEnds });
}

function curve(
  startX: number,
  startY: number,
  bend1: number,
  bend2: number,
  endX: number,
  endY: number,
  label: Pick<LinkPath, "labelX" | "labelEnds">,
): LinkPath {
  const [x0, y0, x1, x2, x3, y3] = [startX, startY, bend1, bend2, endX, endY].map((px) => Math.round(px * 10) / 10);
  return { d: `M${x0},${y0}C${x1},${y0} ${x2},${y3} ${x3},${y3}`, startX, startY, endX, endY, ...label };
}
