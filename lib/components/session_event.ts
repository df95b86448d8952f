/** What a page is told of its session. */
import type { ElementState, Progress } from "../elements/element.ts";
import type { Patch } from "../elements/page.ts";
import type { Problem } from "../lm/event.ts";

/** What an action does, or how its last run ended. */
export type ActionState =
  | { readonly status: "running"; readonly elapsedMs: number; readonly progress?: Progress }
  | { readonly status: "done" | "cancelled"; readonly elapsedMs: number }
  | { readonly status: "failed"; readonly elapsedMs: number; readonly problem: Problem };

/** What a page is sent; a stream ends with exactly one `done` or `error`. */
export type SessionEvent =
  | { readonly type: "state"; readonly state: SessionState }
  | { readonly type: "patch"; readonly patches: readonly Patch[] }
  | { readonly type: "action"; readonly element: string; readonly action: ActionState }
  | { readonly type: "done" }
  | { readonly type: "error"; readonly problem: Problem };

/** All that a page needs to be drawn. */
export interface SessionState {
  readonly session: string;
  /** True, once, when the server had lost the session and made it again from the inputs. */
  readonly restored: boolean;
  readonly elements: Readonly<Record<string, ElementState>>;
  /** Of the elements that were clicked. */
  readonly actions: Readonly<Record<string, ActionState>>;
}
