/** Where in a developer's file an error comes from. */
import { stripVTControlCharacters } from "node:util";
import { thrownStack, thrownText } from "../../lm/thrown.ts";

/** Deno's words, before all that would change, for a package that a module imports and nobody has installed. */
const STALE_LOCK = "The lockfile is out of date";
const PACKAGE_LACKING = "it imports a package that is not installed: run `deno add npm:NAME` first";
/** What Deno ends the message of a failed import with: the place, as the stack has it too. */
const IMPORT_PLACE = /(?:\s+at file:\/\/\S+:\d+:\d+)+$/;

/** What is the app's own in its folder, where a module may lie too. */
const APP_CODE = /^(?:(?:_fresh|fresh|islands|lib|node_modules|routes)\/|(?:main|dev)\.ts$)/;

/**
 * The message of an error with the first place of its stack that lies in the module's folder, the app's own code apart.
 * @param moduleUrl the module's file
 * @param rootUrl folder from which the place is named
 * @example "topic is not defined (examples/poems/mod.ts:12:9)"
 */
export function moduleReason(error: unknown, moduleUrl: URL, rootUrl: URL): string {
  // On a terminal Deno colours the places in a message.
  const message = stripVTControlCharacters(thrownText(error));
  if (message.startsWith(STALE_LOCK)) return PACKAGE_LACKING;
  const folder = new URL(".", moduleUrl).href;
  const places = [...stripVTControlCharacters(thrownStack(error)).matchAll(/(file:\/\/[^\s()]+):(\d+):(\d+)/g)];
  const isInRoot = folder === rootUrl.href;
  const place = places.find(([, file = ""]) =>
    file.startsWith(folder) && !(isInRoot && APP_CODE.test(file.slice(folder.length)))
  );
  if (place === undefined) return message;
  const [, file = "", line, column] = place;
  const name = file.startsWith(rootUrl.href) ? file.slice(rootUrl.href.length) : file;
  return `${message.replace(IMPORT_PLACE, "")} (${decodeURI(name)}:${line}:${column})`;
}
