import { useState } from "preact/hooks";
import { type ProcessorName, PROCESSORS } from "../lm/event.ts";
import type { SamplingParams } from "../lm/params.ts";
import { cx } from "./cx.ts";
import { GENERATION_STRINGS as TEXT } from "./generation_strings.ts";

interface OrderParamProps {
  readonly params: SamplingParams;
  readonly onChange: (params: SamplingParams) => void;
}

/** The order in which the processors act: dragged, or moved with the buttons of each. */
export function OrderParam({ params, onChange }: OrderParamProps) {
  const [dragged, setDragged] = useState<ProcessorName | undefined>(undefined);
  const { order } = params;
  const place = (name: ProcessorName, to: number) => {
    const others = order.filter((each) => each !== name);
    onChange({ ...params, order: others.toSpliced(to, 0, name) });
  };
  const isChanged = order.join() !== PROCESSORS.join();
  return (
    <details class="col-span-2 min-w-0 text-12 text-soft" open={isChanged}>
      <summary>{isChanged ? TEXT.orderChanged : TEXT.order}</summary>
      <ol class="flex flex-wrap gap-1.5 pt-1.5" aria-label={TEXT.order}>
        {order.map((name, index) => (
          <li
            key={name}
            draggable
            onDragStart={(event) => {
              setDragged(name);
              event.dataTransfer?.setData("text/plain", name);
            }}
            onDragEnd={() => setDragged(undefined)}
            onDragOver={(event) => event.preventDefault()}
            onDrop={(event) => {
              event.preventDefault();
              const dropped = order.find((each) => each === event.dataTransfer?.getData("text/plain"));
              if (dropped !== undefined) place(dropped, index);
            }}
            class={cx(
              "inline-flex cursor-grab items-center rounded-md border border-line bg-panel font-mono text-ink",
              dragged === name && "opacity-50",
            )}
          >
            <Move label={TEXT.actsEarlier(name)} isOff={index === 0} onMove={() => place(name, index - 1)}>‹</Move>
            {name}
            <Move label={TEXT.actsLater(name)} isOff={index === order.length - 1} onMove={() => place(name, index + 1)}>
              ›
            </Move>
          </li>
        ))}
      </ol>
    </details>
  );
}

function Move(props: {
  readonly label: string;
  readonly isOff: boolean;
  readonly onMove: () => void;
  readonly children: string;
}) {
  return (
    <button
      type="button"
      aria-label={props.label}
      title={props.label}
      disabled={props.isOff}
      onClick={props.onMove}
      class="px-1.5 py-0.5 text-soft hover:text-ink disabled:opacity-40"
    >
      {props.children}
    </button>
  );
}
