/** What the server puts around islands, slots, partials and keys: comments that tell the browser where each is. */
import { Signal } from "@preact/signals";
import { type ComponentChildren, Fragment, h, isValidElement, type VNode } from "preact";
import { keyText } from "./attributes.ts";
import { rendering, type RenderState } from "./render_state.ts";
import { Slot } from "./serial.ts";
import type { Island } from "./island.ts";
import { element } from "./vnode.ts";

type Props = Record<string, unknown>;

/** Writes nothing; marks where, in the order of rendering, an island or slot begins or ends. */
export function Enter({ place }: { place: RenderState["place"] }): null {
  const state = rendering();
  if (state !== undefined) state.place = place;
  return null;
}

export function IslandFrame(frame: { island: Island; inner: Props; id: unknown }): VNode {
  const { island } = frame;
  const state = rendering();
  if (state === undefined) return h(island.fn, frame.inner);
  const outer = state.place;
  const props: Props = {};
  const sent: Props = {};
  for (const [name, value] of Object.entries(frame.inner)) {
    props[name] = sent[name] = value;
    // Subtle: to Preact a signal is an element as well; here it is a value.
    const isSlot = !(value instanceof Signal) && (name === "children" ? value !== undefined : isValidElement(value));
    if (!isSlot || !isMarkup(value)) continue;
    const id = state.slots.push({ prop: name, content: value, isRendered: false }) - 1;
    props[name] = h(SlotFrame, { id, place: outer });
    sent[name] = new Slot(id, name);
  }
  const index = state.islands.push({ island, name: island.name, props: sent }) - 1;
  return h(
    Fragment,
    null,
    comment(`frsh:island:${island.name}:${index}:${keyText(frame.id)}`),
    h(Enter, { place: "island" }),
    h(island.fn, props),
    h(Enter, { place: outer }),
    comment("/frsh:island"),
  );
}

function SlotFrame({ id, place }: { id: number; place: RenderState["place"] }): VNode | null {
  const state = rendering();
  const slot = state?.slots[id];
  if (state === undefined || slot === undefined) return null;
  slot.isRendered = true;
  const inner = state.place;
  return h(
    Fragment,
    null,
    comment(`frsh:slot:${id}:${slot.prop}`),
    h(Enter, { place }),
    h(Fragment, null, slot.content),
    h(Enter, { place: inner }),
    comment("/frsh:slot"),
  );
}

/** JSX may have anything as children; functions are the one thing that is not markup. */
function isMarkup(value: unknown): value is ComponentChildren {
  return typeof value !== "function";
}

export function PartialFrame(frame: { partial: Props; id: unknown }): VNode {
  const { name, mode = "replace", children } = frame.partial;
  const state = rendering();
  if (state?.place === "island") {
    throw new Error(`Cannot render <Partial name="${name}"> as it is inside an island`);
  }
  if (state?.partials.has(String(name))) {
    throw new Error(`Cannot render <Partial name="${name}"> as that name is already used on this page`);
  }
  state?.partials.add(String(name));
  const content = isMarkup(children) ? children : null;
  const text = `frsh:partial:${encodeURIComponent(String(name))}:${mode}:${keyText(frame.id)}`;
  return h(
    Fragment,
    null,
    comment(text),
    h(EnterPartial, { by: 1 }),
    h(Fragment, null, content),
    h(EnterPartial, { by: -1 }),
    comment("/frsh:partial"),
  );
}

function EnterPartial({ by }: { by: number }): null {
  const state = rendering();
  if (state !== undefined) state.partialDepth += by;
  return null;
}

/** A component with a key, inside a partial. */
export function KeyFrame(frame: { type: unknown; inner: Props; id: unknown }): VNode {
  const content = element(frame.type, frame.inner);
  return h(Fragment, null, comment(`frsh:key:${keyText(frame.id)}`), content, comment("/frsh:key"));
}

/** Subtle: one slot at a time, as the content of a slot may bring further islands with slots. */
export function Waiting(): VNode | null {
  const id = rendering()?.slots.findIndex((slot) => !slot.isRendered) ?? -1;
  if (id < 0) return null;
  const template = h("template", { id: `frsh-slot-${id}` }, h(SlotFrame, { id, place: "page" }));
  return h(Fragment, null, template, h(Waiting, null));
}

function comment(text: string): VNode {
  return element(Fragment, { UNSTABLE_comment: text });
}
