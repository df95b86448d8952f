import { PROCESSORS } from "../../lm/event.ts";
import type { SamplingParams } from "../../lm/params.ts";
import { GENERATION_STRINGS as TEXT } from "../generation_strings.ts";
import { dragging, placed } from "./processor_order.ts";

interface OrderParamProps {
  readonly params: SamplingParams;
  readonly onChange: (params: SamplingParams) => void;
}

/** The order in which the processors act: dragged, or moved with the buttons of each. */
export function OrderParam({ params, onChange }: OrderParamProps) {
  const { order } = params;
  const isChanged = order.join() !== PROCESSORS.join();
  return (
    <details class="col-span-2 min-w-0 text-12 text-soft" open={isChanged}>
      <summary>{isChanged ? TEXT.orderChanged : TEXT.order}</summary>
      <ol class="flex flex-wrap gap-1.5 pt-1.5" aria-label={TEXT.order}>
        {order.map((name, index) => {
          const move = (to: number) => onChange({ ...params, order: placed(order, name, to) });
          return (
            <li
              key={name}
              {...dragging(name, (dropped) => onChange({ ...params, order: placed(order, dropped, index) }))}
              class="inline-flex cursor-grab items-center rounded-md border border-line bg-panel font-mono text-ink"
            >
              <Move label={TEXT.actsEarlier(name)} isOff={index === 0} onMove={() => move(index - 1)}>‹</Move>
              {name}
              <Move label={TEXT.actsLater(name)} isOff={index === order.length - 1} onMove={() => move(index + 1)}>
                ›
              </Move>
            </li>
          );
        })}
      </ol>
    </details>
  );
}

interface MoveProps {
  readonly label: string;
  readonly isOff: boolean;
  readonly onMove: () => void;
  readonly children: string;
}

/** A button that moves a processor one place. */
export function Move({ label, isOff, onMove, children }: MoveProps) {
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      disabled={isOff}
      onClick={onMove}
      class="px-1.5 py-0.5 text-soft hover:text-ink disabled:opacity-40"
    >
      {children}
    </button>
  );
}
