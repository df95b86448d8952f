/** The indexes that are open: few, as each takes memory and threads, and none that nobody has asked for a while. */
import type { RowIndex } from "./row_index.ts";

/** Most that stay open together, and how long one does that is not asked. */
const MOST_OPEN = 4, IDLE_MS = 5 * 60_000;

interface Entry {
  readonly index: Promise<RowIndex>;
  /** Questions that it is answering. */
  asked: number;
  timer?: ReturnType<typeof setTimeout>;
}

export class OpenIndexes {
  /** By their places, those used last at the end. */
  readonly #entries = new Map<string, Entry>();

  constructor(readonly most: number = MOST_OPEN, readonly idleMs: number = IDLE_MS) {}

  /** Places of those that are open. */
  get places(): readonly string[] {
    return [...this.#entries.keys()];
  }

  /**
   * Asks the index of a place, which is opened first where it is not.
   * @throws what `open` throws, or `ask`
   */
  async ask<Answer>(
    place: string,
    open: () => Promise<RowIndex>,
    ask: (index: RowIndex) => Promise<Answer>,
  ): Promise<Answer> {
    const entry = this.#entries.get(place) ?? { index: open(), asked: 0 };
    clearTimeout(entry.timer);
    this.#entries.delete(place);
    this.#entries.set(place, entry);
    entry.asked++;
    try {
      this.#makeRoom();
      return await ask(await entry.index);
    } finally {
      entry.asked--;
      if (entry.asked === 0) await this.#rest(place, entry);
    }
  }

  /** Closes one; whoever asks it again opens it again. One that is answering is closed once it has. */
  async close(place: string): Promise<void> {
    const entry = this.#entries.get(place);
    if (entry === undefined) return;
    clearTimeout(entry.timer);
    this.#entries.delete(place);
    if (entry.asked === 0) await end(entry);
  }

  /** Nobody asks it any more: it stays for a while, unless it was closed meanwhile or did not open. */
  async #rest(place: string, entry: Entry): Promise<void> {
    if (this.#entries.get(place) !== entry) return await end(entry);
    const isOpen = await opened(entry);
    if (this.#entries.get(place) !== entry || entry.asked > 0) return;
    if (!isOpen) return void this.#entries.delete(place);
    entry.timer = setTimeout(() => void this.close(place), this.idleMs);
    Deno.unrefTimer(entry.timer);
    this.#makeRoom();
  }

  #makeRoom(): void {
    for (const [place, { asked }] of this.#entries) {
      if (this.#entries.size <= this.most) return;
      if (asked === 0) void this.close(place);
    }
  }
}

async function end(entry: Entry): Promise<void> {
  if (await opened(entry)) await (await entry.index).close();
}

async function opened({ index }: Entry): Promise<boolean> {
  return await index.then(() => true, () => false);
}

/** Those of all splits: splits of the same files share theirs. */
export const openIndexes = new OpenIndexes();
