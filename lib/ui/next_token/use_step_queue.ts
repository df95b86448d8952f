/** Keys of steps that wait for the answer to the one before, so that nobody has to wait for the page. */
import { type ReadonlySignal, useSignal } from "@preact/signals";

/** Steps that may wait. */
const MOST = 3;

export interface StepQueue {
  readonly waiting: ReadonlySignal<readonly string[]>;
  readonly add: (key: string) => void;
  /** The first of them, which waits no longer. */
  readonly take: () => string | undefined;
  readonly clear: () => void;
}

export function useStepQueue(): StepQueue {
  const waiting = useSignal<readonly string[]>([]);

  function add(key: string): void {
    // A step back takes back what has not been done yet.
    const isBack = waiting.value.length > 0 && (key === "Backspace" || key === "ArrowLeft");
    waiting.value = isBack ? waiting.value.slice(0, -1) : [...waiting.value, key].slice(0, MOST);
  }

  function take(): string | undefined {
    const [key, ...later] = waiting.value;
    waiting.value = later;
    return key;
  }

  return { waiting, add, take, clear: () => waiting.value = [] };
}
