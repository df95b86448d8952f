/** What the view of an element is given. */
import type { ComponentChild, ComponentType } from "preact";
import type { ElementRef, ElementState, Wire } from "../element.ts";
import type { ShownAction } from "./page_store.ts";

/** The page as its views see it. */
export interface PageControl {
  /** False on the server and until the page is interactive. */
  readonly isReady: boolean;
  /** The clock, moving while an action runs; `performance.now()`. */
  readonly nowMs: number;
  element(name: string): ElementState | undefined;
  /** An input's value as it stands on screen. */
  value(name: string): unknown;
  edit(name: string, value: unknown): void;
  action(name: string): ShownAction | undefined;
  /** Input that the last click was refused for, with the reason. */
  refused(name: string): string | undefined;
  /** An element that stands inside another one. */
  draw(target: ElementRef): ComponentChild;
  act(name: string): void;
  cancel(name: string): void;
}

export interface ViewProps<State> {
  readonly name: string;
  readonly state: Wire<State>;
  readonly page: PageControl;
}

/** Subtle: the states come from our own server, whose element of this kind has exactly the view's state. */
// deno-lint-ignore no-explicit-any -- one table holds views of every state
export type ElementView = ComponentType<ViewProps<any>>;
