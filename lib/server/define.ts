import { createDefine } from "fresh";
import type { State } from "./app_state.ts";

/** Gives handlers, pages and layouts the type of `ctx.state`. */
export const define = createDefine<State>();
