import type { SamplingParams } from "../../lm/params.ts";
import { visibleText } from "../../lm/visible_text.ts";
import { paramsToQuery } from "../address/generation_screen.ts";
import { PARAM_STRINGS } from "./param_strings.ts";

/** The params that differ from others, as `temperature 1.3 · stop none`; empty where none does. */
export function paramsText(params: SamplingParams, others: SamplingParams): string {
  const changed = paramsToQuery(params, others).map(([name, value]) => `${name} ${value || PARAM_STRINGS.none}`);
  return visibleText(changed.join(" · "));
}
