import { useMemo } from "preact/hooks";
import type { TokenId } from "../../lm/token.ts";
import { Button } from "../Button.tsx";
import type { CompletionPlace } from "./comparison.ts";
import type { Selection } from "../address/selection_text.ts";
import type { Run } from "./generation_state.ts";
import { GENERATION_STRINGS as TEXT } from "../generation_strings.ts";
import { plural } from "../number_format.ts";
import { Panel } from "../Panel.tsx";
import { type PathNode, withPath } from "../token/path_tree.ts";
import { PathTree } from "../token/PathTree.tsx";

interface CompletionTreeProps {
  readonly runs: readonly Run[];
  readonly shown: CompletionPlace;
  readonly canUndo: boolean;
  readonly canRedo: boolean;
  readonly onUndo: () => void;
  readonly onRedo: () => void;
  readonly onGo: (run: number, selection: Selection) => void;
}

interface Leaf extends CompletionPlace {
  readonly ids: readonly TokenId[];
}

/** Every completion of the page in one tree: runs and branches join where their tokens are the same. */
export function CompletionTree({ runs, shown, ...props }: CompletionTreeProps) {
  const { leaves, roots } = useMemo(() => treeOf(runs), [runs]);
  if (leaves.length < 2) return null;
  const current = leaves.find(({ run, sequence }) => run === shown.run && sequence === shown.sequence);
  return (
    <Panel
      title={TEXT.tree}
      facts={plural(leaves.length, "completion", "completions")}
      actions={
        <>
          <Button label={TEXT.undo} disabled={!props.canUndo} onClick={props.onUndo}>↶</Button>
          <Button label={TEXT.redo} disabled={!props.canRedo} onClick={props.onRedo}>↷</Button>
        </>
      }
    >
      <p class="px-3 pb-1 pt-1.5 text-12 text-soft">{TEXT.treeFacts}</p>
      <div class="max-h-[40vh] overflow-y-auto px-2 pb-1.5">
        <PathTree
          roots={roots}
          label={TEXT.tree}
          current={current?.ids ?? []}
          onGo={(path, position) => {
            const leaf = leafWith(path, leaves, current);
            if (leaf !== undefined) props.onGo(leaf.run, { kind: "step", sequence: leaf.sequence, position });
          }}
        />
      </div>
    </Panel>
  );
}

/** The first completion that begins with a path: the one on screen before all others. */
export function leafWith(path: readonly TokenId[], leaves: readonly Leaf[], current: Leaf | undefined) {
  const all = current === undefined ? leaves : [current, ...leaves];
  return all.find(({ ids }) => path.every((id, index) => id === ids[index]));
}

function treeOf(runs: readonly Run[]) {
  const leaves: Leaf[] = [];
  let roots: readonly PathNode[] = [];
  for (const [run, { completions }] of runs.entries()) {
    for (const [sequence, { steps }] of completions.entries()) {
      if (steps.length === 0) continue;
      leaves.push({ run, sequence, ids: steps.map(({ token }) => token.id) });
      roots = withPath(roots, steps.map(({ token }) => token));
    }
  }
  return { leaves, roots };
}
