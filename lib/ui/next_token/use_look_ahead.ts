/** What a candidate would be followed by, asked for while its place is looked at. */
import { type ReadonlySignal, useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import type { Step } from "../../lm/event.ts";
import type { TokenId } from "../../lm/token.ts";
import { AHEAD, type Preview } from "./preview.ts";

/** The steps of a path, and then the most probable tokens, up to a length. */
type Greedily = (ids: readonly TokenId[], length: number, signal: AbortSignal) => AsyncGenerator<Step, void, void>;

export interface LookAhead {
  readonly preview: ReadonlySignal<Preview | undefined>;
  /** Looks what follows a candidate after a path, in place of what was looked at before. */
  readonly look: (path: readonly TokenId[], id: TokenId) => Promise<void>;
  readonly close: () => void;
}

export function useLookAhead(greedily: Greedily): LookAhead {
  const preview = useSignal<Preview | undefined>(undefined);
  const looking = useRef<AbortController | undefined>(undefined);

  function close(): void {
    looking.current?.abort();
    preview.value = undefined;
  }

  async function look(path: readonly TokenId[], id: TokenId): Promise<void> {
    close();
    const controller = new AbortController();
    looking.current = controller;
    preview.value = { id, tokens: [], isBusy: true };
    const ids = [...path, id];
    for await (const { position, token } of greedily(ids, ids.length + AHEAD, controller.signal)) {
      if (controller.signal.aborted || position < ids.length) continue;
      preview.value = { id, tokens: [...preview.value?.tokens ?? [], token], isBusy: true };
    }
    if (!controller.signal.aborted) preview.value = { id, tokens: preview.value?.tokens ?? [], isBusy: false };
  }

  return { preview, look, close };
}
