/** The order of the processors as a person changes it: by dragging one onto another, or one place at a time. */
import type { JSX } from "preact";
import { type ProcessorName, PROCESSORS } from "../../lm/event.ts";

type Order = readonly ProcessorName[];

/** The order with a processor at another place. @example placed(["a", "b", "c"], "a", 2) is ["b", "c", "a"] */
export function placed(order: Order, name: ProcessorName, to: number): Order {
  return order.filter((each) => each !== name).toSpliced(to, 0, name);
}

/** What lets an element be dragged as a processor, and lets others be dropped on it. */
export function dragging(name: ProcessorName, onDrop: (dropped: ProcessorName) => void) {
  return {
    draggable: true,
    onDragStart(event: JSX.TargetedDragEvent<HTMLElement>): void {
      event.dataTransfer?.setData("text/plain", name);
    },
    onDragOver(event: JSX.TargetedDragEvent<HTMLElement>): void {
      event.preventDefault();
    },
    onDrop(event: JSX.TargetedDragEvent<HTMLElement>): void {
      event.preventDefault();
      const dropped = PROCESSORS.find((each) => each === event.dataTransfer?.getData("text/plain"));
      if (dropped !== undefined) onDrop(dropped);
    },
  };
}
