import type { ActionResult, ElementAction, ElementOptions } from "../element.ts";
import { Input, type InputState } from "../input.ts";
import { type ChartPiece, checkMax, type Piece, readPieces, shortTitle } from "./pieces.ts";

/** The value is the index of the chosen piece. */
export interface SelectableBarChartState extends InputState<number> {
  readonly pieces: readonly ChartPiece[];
  readonly max: number;
  readonly long: boolean;
  /** What the button says for each piece; absent: the page's own words. */
  readonly selectLabels?: readonly string[];
  /** Counts the calls of `set` with pieces, so that the page knows that a choice was of pieces that are gone. */
  readonly version: number;
}

/** What a choice of a piece runs with. */
export interface SelectContext {
  readonly index: number;
  readonly piece: ChartPiece;
  /** Aborts when the person cancels, and when the page is given up. */
  readonly signal: AbortSignal;
}

export type SelectAction = (context: SelectContext) => ActionResult;

export interface SelectableBarChartOptions extends ElementOptions {
  readonly pieces?: readonly Piece[];
  /** What a full bar stands for; default 1, and numbers are then shown in per cent. */
  readonly max?: number;
  /** For titles of many words, such as contexts; default false. */
  readonly long?: boolean;
  /** Runs with the chosen piece. */
  readonly onSelect: SelectAction;
  /** What the button says; default: Select "title". Long titles come cut. */
  readonly selectLabel?: (title: string) => string;
}

/** A bar chart of which one piece is chosen by radio buttons and sent by a button. */
export class SelectableBarChart extends Input<number, SelectableBarChartState> {
  readonly #run: SelectAction;
  readonly #selectLabel: ((title: string) => string) | undefined;

  /** @throws {RangeError} for a value outside 0…max */
  constructor(title: string, options: SelectableBarChartOptions) {
    const { pieces = [], max = 1, long = false, onSelect, selectLabel, ...rest } = options;
    checkMax(title, max);
    const chosen = { ...shown(readPieces(pieces, max), selectLabel), value: 0, version: 0 };
    super("selectable_bar_chart", { label: title, max, long, ...chosen }, rest);
    this.#run = onSelect;
    this.#selectLabel = selectLabel;
  }

  /** The chosen piece; undefined when there is none to choose. */
  get selected(): ChartPiece | undefined {
    return this.state.pieces[this.value];
  }

  override get action(): ElementAction {
    const { pieces, label } = this.state;
    return {
      inputs: [this],
      refusal: pieces.length === 0 ? `"${label}" has nothing to select` : undefined,
      prepare: () => {
        const index = this.value;
        const piece = this.selected;
        if (piece === undefined) throw new RangeError(`Cannot select piece ${index} of "${label}": it has none`);
        return (signal) => this.#run({ index, piece, signal });
      },
    };
  }

  /**
   * Given pieces, replaces all and preselects the first; given an index, chooses that piece.
   * @throws {RangeError} naming the piece whose value is outside 0…max, or when no piece has the index
   */
  override set(pieces: readonly Piece[] | number): void {
    if (typeof pieces === "number") return super.set(pieces);
    const read = readPieces(pieces, this.state.max);
    this.change({ ...shown(read, this.#selectLabel), value: 0, version: this.state.version + 1 });
  }

  protected override fault(value: unknown): string | undefined {
    const { length } = this.state.pieces;
    // Subtle: without pieces the value stays 0, so that a page that sends all it holds is not refused.
    const last = Math.max(0, length - 1);
    if (typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= last) return undefined;
    return `must be the index of a piece, from 0 to ${last}`;
  }
}

function shown(pieces: readonly ChartPiece[], selectLabel: ((title: string) => string) | undefined) {
  if (selectLabel === undefined) return { pieces };
  return { pieces, selectLabels: pieces.map(({ title }) => selectLabel(shortTitle(title))) };
}
