import { cx } from "../cx.ts";
import { opensBeside } from "../page_key.ts";

interface SegmentsProps<Name extends string> {
  readonly label: string;
  readonly names: readonly Name[];
  readonly chosen: Name;
  /** Where a choice leads without JavaScript; absent where it can only be made in the page. */
  readonly hrefOf?: (name: Name) => string;
  readonly onChoose: (name: Name) => void;
}

/** A choice of a few names, side by side, of which one is always on. */
export function Segments<Name extends string>({ label, names, chosen, hrefOf, onChoose }: SegmentsProps<Name>) {
  return (
    <div
      role="group"
      aria-label={label}
      class="inline-flex gap-0.5 rounded-md border border-line bg-panel p-0.5 text-13"
    >
      {names.map((name) => {
        const look = cx(
          "inline-flex min-h-[26px] items-center rounded-sm px-2",
          name === chosen ? "bg-sunk font-semibold" : "text-soft hover:text-ink",
        );
        return hrefOf === undefined
          ? (
            <button key={name} type="button" aria-pressed={name === chosen} class={look} onClick={() => onChoose(name)}>
              {name}
            </button>
          )
          : (
            <a
              key={name}
              href={hrefOf(name)}
              aria-current={name === chosen ? "true" : undefined}
              class={look}
              onClick={(event) => {
                if (opensBeside(event)) return;
                event.preventDefault();
                onChoose(name);
              }}
            >
              {name}
            </a>
          );
      })}
    </div>
  );
}
