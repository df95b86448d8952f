import { asset } from "fresh/runtime";
import { define } from "../lib/server/define.ts";
import { PAGE_STRINGS } from "../lib/ui/frame/page_strings.ts";

export default define.page(function App({ Component }) {
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>{PAGE_STRINGS.brand}</title>
        <link rel="icon" href={asset("/favicon.svg")} type="image/svg+xml" />
        <link rel="stylesheet" href={asset("/twind.css")} />
      </head>
      <body>
        <Component />
      </body>
    </html>
  );
});
