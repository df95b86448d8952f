import { HttpError } from "fresh";
import { define } from "../../lib/server/define.ts";

/** Unknown pages fail inside the group, so that `_error` and the headers of `_middleware` apply to them. */
export const handler = define.handlers(() => {
  throw new HttpError(404, "There is no such page.");
});
