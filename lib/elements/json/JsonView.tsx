import { useMemo, useState } from "preact/hooks";
import type { ComponentChildren } from "preact";
import { visibleText } from "../../lm/visible_text.ts";
import { plural } from "../../ui/number_format.ts";
import { STRINGS } from "../../ui/strings.ts";
import type { ViewProps } from "../view/element_view.ts";
import type { JsonState } from "./json.ts";
import { type Branch, branchesOf, isTree, sizeOf } from "./branches.ts";

/** Trees with more values than these draw a branch when it is opened, which needs JavaScript. */
const EAGER_VALUES = 5_000;
/** Trees with fewer are open all over. */
const SMALL_VALUES = 30;

export function JsonView({ state: { text } }: ViewProps<JsonState>) {
  const value: unknown = useMemo(() => JSON.parse(text), [text]);
  const size = useMemo(() => sizeOf(value, EAGER_VALUES), [value]);
  return (
    <div class="min-w-0 overflow-x-auto rounded-md border border-line bg-panel p-3 font-mono text-13">
      <Node
        branch={{ name: undefined, value, chunk: undefined }}
        level={0}
        openLevels={size <= SMALL_VALUES ? Infinity : 1}
        isEager={size < EAGER_VALUES}
      />
    </div>
  );
}

interface NodeProps {
  readonly branch: Branch;
  readonly level: number;
  /** Branches above this level start open. */
  readonly openLevels: number;
  readonly isEager: boolean;
}

function Node({ branch, level, openLevels, isEager }: NodeProps) {
  const startsOpen = level < openLevels;
  const [isOpen, setOpen] = useState(startsOpen);
  const { name, value, chunk } = branch;
  if (!isTree(value)) return <Leaf name={name} value={value} />;
  const branches = isEager || isOpen ? branchesOf(branch) : [];
  return (
    <details open={startsOpen} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary class="break-words">
        <Name name={name} isIndex={chunk !== undefined} />
        <span class="text-soft">{summaryOf(branch)}</span>
      </summary>
      <ul class="ml-1.5 border-l border-line pl-3">
        {branches.map((each, index) => (
          <li key={index}>
            <Node branch={each} level={level + 1} openLevels={openLevels} isEager={isEager} />
          </li>
        ))}
      </ul>
    </details>
  );
}

function Leaf({ name, value }: { readonly name: Branch["name"]; readonly value: unknown }) {
  return (
    <span class="block whitespace-pre-wrap break-words">
      <Name name={name} />
      {typeof value === "string"
        ? JSON.stringify(value).split("\\n").map(visibleText).join("\\n")
        : <Scalar>{String(value)}</Scalar>}
    </span>
  );
}

function Scalar({ children }: { readonly children: ComponentChildren }) {
  return <span class="text-accent">{children}</span>;
}

function Name({ name, isIndex = false }: { readonly name: Branch["name"]; readonly isIndex?: boolean }) {
  if (name === undefined) return null;
  return (
    <span class="text-soft">
      {typeof name === "number" || isIndex
        ? name
        : <span class="text-ink">{visibleText(JSON.stringify(name))}</span>}:{" "}
    </span>
  );
}

function summaryOf({ value, chunk }: Branch): string {
  if (chunk !== undefined) return itemCount(chunk.end - chunk.start);
  if (Array.isArray(value)) return `[ ] ${itemCount(value.length)}`;
  return `{ } ${plural(Object.keys(value ?? {}).length, STRINGS.key, STRINGS.keys)}`;
}

function itemCount(length: number): string {
  return plural(length, STRINGS.item, STRINGS.items);
}
