/** The page of a browser that may not see the app. It stands alone: the app's style sheet is refused too. */
import { renderToString } from "preact-render-to-string";
import { visibleText } from "../../lm/visible_text.ts";
import type { Refused } from "../../server/entry/gate.ts";
import { REFUSAL_STRINGS } from "./refusal_strings.ts";

/** Subtle: without any character that has to be escaped in HTML, as a browser reads no escapes in a style. */
const STYLE = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { margin: 0; background: light-dark(#faf9f7, #16181c); color: light-dark(#1d2026, #e9e8e4); }
main { max-width: 36rem; margin: 0 auto; padding: 4rem 1.25rem; overflow-wrap: anywhere; }
h1 { margin: 0 0 1rem; font-size: 1.375rem; line-height: 1.3; }
p { margin: 0 0 1rem; }
[role=alert] { padding: 0.5rem 0.75rem; border-left: 2px solid light-dark(#b3261e, #ff9a91);
  background: light-dark(#fdeeec, #3a1c1a); }
form { display: flex; flex-wrap: wrap; gap: 0.5rem; align-items: end; }
label { flex: 1 1 14rem; font-size: 0.875rem; }
input, button { box-sizing: border-box; min-height: 2.5rem; padding: 0 0.75rem; font: inherit; color: inherit;
  border: 1px solid light-dark(#8a8f99, #737a87); border-radius: 6px; background: light-dark(#fff, #1d2026); }
input { display: block; width: 100%; }
button { border-color: transparent; background: light-dark(#2755ae, #92b7ff); color: light-dark(#fff, #0d1424);
  font-weight: 600; }
:focus-visible { outline: 2px solid light-dark(#2755ae, #92b7ff); outline-offset: 1px; }
`;

/** The page as HTML. */
export function refusalPage(refused: Refused): string {
  return `<!doctype html>${renderToString(<RefusalPage {...refused} />)}`;
}

function RefusalPage({ title, detail, url, asksToken, nonce }: Refused) {
  const heading = asksToken ? REFUSAL_STRINGS.tokenHeading : title;
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>{REFUSAL_STRINGS.title(heading)}</title>
        <style nonce={nonce}>{STYLE}</style>
      </head>
      <body>
        <main>
          <h1>{heading}</h1>
          {asksToken ? <TokenForm url={url} /> : <p>{visibleText(detail)}</p>}
        </main>
      </body>
    </html>
  );
}

/** Leads to the very page that was asked for. */
function TokenForm({ url }: { readonly url: URL }) {
  const kept = [...url.searchParams].filter(([name]) => name !== "token");
  return (
    <>
      {url.searchParams.has("token") && <p role="alert">{REFUSAL_STRINGS.spentToken}</p>}
      <p>{REFUSAL_STRINGS.openAddress} {REFUSAL_STRINGS.worksOnce}</p>
      <p>{REFUSAL_STRINGS.enterToken}</p>
      <form method="get" action={url.pathname}>
        {kept.map(([name, value], index) => <input key={index} type="hidden" name={name} value={value} />)}
        <label>
          {REFUSAL_STRINGS.token}
          <input type="password" name="token" required autocomplete="current-password" />
        </label>
        <button type="submit">{REFUSAL_STRINGS.open}</button>
      </form>
    </>
  );
}
