/** From a request to a developer's component to what its session answers. */
import type { Context } from "fresh";
import * as v from "valibot";
import { ActionInputError, ActionRefusedError, type Session } from "../components/session.ts";
import type { SessionEvent } from "../components/session_event.ts";
import { PageFullError } from "../elements/page_size.ts";
import type { State } from "./app_state.ts";
import { eventStream } from "./event_stream.ts";
import { findComponent } from "./place.ts";
import { ProblemError } from "./problem.ts";
import { shownName } from "./shown_name.ts";
import type { SessionOwner } from "./sessions.ts";
import { toldProblem } from "./told_problem.ts";

export const actSchema = v.strictObject({
  /** Absent: a session of its own is made for this one click. */
  session: v.optional(v.string("must be a text")),
  /** Values of the page's inputs by their names; those left out stay as they are. */
  inputs: v.optional(v.custom<Readonly<Record<string, unknown>>>(isRecord, "must be an object"), {}),
  /** The page reads a stream of this session already, which tells of this action too. */
  is_heard: v.optional(v.boolean("must be true or false")),
});
export type ActBody = v.InferOutput<typeof actSchema>;

/** The component that the path names. @throws {ProblemError} 404 when there is none, or it has no elements */
function elementsOwner(ctx: Context<State>): SessionOwner {
  const { module, component } = findComponent(ctx.state.registry, ctx.params);
  if (component.kind === "elements") return { module, component, client: ctx.state.client };
  throw new ProblemError(404, "Not found", `Cannot find elements: component "${component.name}" has none of its own`);
}

/** The state of a session, or of a new one. @throws {ProblemError} 404 when the session is lost */
export async function readElements(ctx: Context<State>): Promise<Response> {
  const id = ctx.url.searchParams.get("session");
  const session = id === null ? await ctx.state.sessions.open(elementsOwner(ctx)) : findSession(ctx, id);
  return Response.json(session.state());
}

/** Streams the state of a session and what happens in it until no action runs. */
export async function watchElements(ctx: Context<State>): Promise<Response> {
  const session = findSession(ctx, ctx.url.searchParams.get("session") ?? "");
  return await stream(ctx, (signal) => session.watch(signal));
}

/**
 * Clicks an element. A lost session is made again and gets the inputs of the request first.
 * @throws {ProblemError} of the session, when the click does not fit the page that was made again
 */
export async function act(ctx: Context<State>, { session: id, inputs, is_heard: isHeard }: ActBody): Promise<Response> {
  const owner = elementsOwner(ctx);
  const { sessions } = ctx.state;
  const found = id === undefined ? undefined : sessions.find(owner, id);
  const isLost = found === undefined && id !== undefined;
  const session = found ?? await sessions.open(owner, id);
  const element = ctx.params.element ?? "";
  try {
    if (isLost) session.refill(inputs);
    const onStart = () => beginSpan(ctx);
    return await stream(ctx, (signal) => session.act(element, inputs, { signal, isHeard, onStart }));
  } catch (error) {
    throw asProblem(error, isLost);
  }
}

/** A span of the action, when there is somebody to tell. @returns what ends it */
function beginSpan({ params, state }: Context<State>): () => void {
  const { module = "", component = "", element = "" } = params;
  const attributes = { "visuallm.module": module, "visuallm.component": component, "visuallm.element": element };
  const span = state.registry.options.tracer?.start(`action ${module}/${component}/${element}`, "internal", attributes);
  return () => span?.end();
}

/** Cancels an element's action. */
export function cancel(ctx: Context<State>): Response {
  const session = findSession(ctx, ctx.url.searchParams.get("session") ?? "");
  session.cancel(ctx.params.element ?? "");
  return new Response(null, { status: 204 });
}

function isRecord(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function findSession(ctx: Context<State>, id: string): Session {
  const session = ctx.state.sessions.find(elementsOwner(ctx), id);
  if (session !== undefined) return session;
  throw new ProblemError(404, "Not found", "Cannot find session: the server was restarted, or gave it up");
}

/** The page's client leaving ends the stream alone: the action goes on, and its result is there for who comes back. */
async function stream(
  ctx: Context<State>,
  begin: (signal: AbortSignal) => AsyncGenerator<SessionEvent>,
): Promise<Response> {
  const { state } = ctx;
  const controller = new AbortController();
  const signal = AbortSignal.any([controller.signal, state.shutdown]);
  const events = begin(signal);
  const onError = (error: unknown) => toldProblem(state, error);
  return await eventStream(events, { controller, signal, onError, encode: JSON.stringify });
}

function asProblem(error: unknown, isLost: boolean): unknown {
  if (error instanceof PageFullError) return new ProblemError(413, "Page too large", error.message);
  const refusal = refusalOf(error);
  return refusal !== undefined && isLost ? outdated(refusal) : refusal ?? error;
}

/** Undefined for an error that is no refusal of a click. */
function refusalOf(error: unknown): ProblemError | undefined {
  if (error instanceof ActionInputError) {
    const field = `inputs.${shownName(error.element)}`;
    return new ProblemError(422, "Invalid request", `Cannot use ${field}: ${error.message}`, { field });
  }
  if (!(error instanceof ActionRefusedError)) return undefined;
  if (error.reason === "unknown") return new ProblemError(404, "Not found", error.message);
  return new ProblemError(409, "Refused", error.message);
}

/** The page that the client shows is not the one that was made again: it has to take that one first. */
function outdated({ detail }: ProblemError): ProblemError {
  const told =
    `This click did nothing: the server had lost this page's session, and made it again from what fits. ${detail}`;
  return new ProblemError(409, "Refused", told, { field: "session" });
}
