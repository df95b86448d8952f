/** The look: colour pairs for light and dark, the type scale, and what every page starts from. */
import { defineConfig } from "@twind/core";
import presetAutoprefix from "@twind/preset-autoprefix";
import presetTailwind from "@twind/preset-tailwind";

const SANS = 'ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif';
const MONO = 'ui-monospace, "SF Mono", "JetBrains Mono", "DejaVu Sans Mono", Menlo, Consolas, monospace';

/** Name → light and dark value. A class such as `bg-panel` or `text-soft` uses the pair. */
const PAIRS: Readonly<Record<string, readonly [light: string, dark: string]>> = {
  page: ["oklch(0.985 0.003 90)", "oklch(0.19 0.008 260)"],
  panel: ["oklch(1 0 0)", "oklch(0.225 0.01 260)"],
  sunk: ["oklch(0.962 0.004 90)", "oklch(0.165 0.008 260)"],
  line: ["oklch(0.9 0.005 90)", "oklch(0.31 0.012 260)"],
  edge: ["oklch(0.62 0.012 260)", "oklch(0.52 0.014 260)"],
  ink: ["oklch(0.24 0.015 260)", "oklch(0.93 0.006 90)"],
  soft: ["oklch(0.48 0.015 260)", "oklch(0.74 0.012 260)"],
  accent: ["oklch(0.47 0.15 262)", "oklch(0.78 0.11 262)"],
  onaccent: ["oklch(1 0 0)", "oklch(0.18 0.03 262)"],
  warn: ["oklch(0.5 0.14 40)", "oklch(0.8 0.12 60)"],
  bad: ["oklch(0.5 0.18 25)", "oklch(0.78 0.12 25)"],
  badsunk: ["oklch(0.965 0.018 25)", "oklch(0.26 0.045 25)"],
  // Heat: five even steps, strongest where the model was least sure.
  heat1: ["oklch(0.955 0.035 75)", "oklch(0.28 0.035 60)"],
  heat2: ["oklch(0.91 0.075 72)", "oklch(0.345 0.06 58)"],
  heat3: ["oklch(0.86 0.115 66)", "oklch(0.42 0.085 54)"],
  heat4: ["oklch(0.8 0.15 56)", "oklch(0.5 0.115 48)"],
  // Prompt fields: hues of their own at low chroma.
  field1: ["oklch(0.93 0.05 195)", "oklch(0.34 0.06 195)"],
  field2: ["oklch(0.93 0.06 95)", "oklch(0.36 0.06 95)"],
  field3: ["oklch(0.93 0.045 320)", "oklch(0.36 0.06 320)"],
  field4: ["oklch(0.93 0.05 145)", "oklch(0.35 0.055 145)"],
  field5: ["oklch(0.93 0.045 25)", "oklch(0.36 0.055 25)"],
  field6: ["oklch(0.93 0.045 262)", "oklch(0.36 0.06 262)"],
};

const names = Object.keys(PAIRS);
const variables = Object.fromEntries(
  Object.entries(PAIRS).map(([name, [light, dark]]) => [`--${name}`, `light-dark(${light},${dark})`]),
);

export default defineConfig({
  presets: [presetAutoprefix(), presetTailwind({ disablePreflight: true })],
  hash: false,
  rules: [
    // Subtle: what scrolls is padded by as much as fades, so that at either end nothing of it is faded.
    ["fade-x", { maskImage: "linear-gradient(to right,transparent,#000 24px calc(100% - 24px),transparent)" }],
    ["fade-y", { maskImage: "linear-gradient(to bottom,#000 calc(100% - 16px),transparent)" }],
    // Breaks a long word as a last resort, and lets what holds it be narrower than the word.
    ["break-anywhere", { overflowWrap: "anywhere" }],
    // Three lines of a text, the last of which says by its ellipsis that more follows.
    ["clamp-3", { display: "-webkit-box", WebkitBoxOrient: "vertical", WebkitLineClamp: "3", overflow: "hidden" }],
    // Buttons within are as large on a narrow screen as a finger needs them.
    ["touch", {
      "@media (max-width:899px)": { "& button": { minHeight: "44px", minWidth: "44px", justifyContent: "center" } },
    }],
    // Where a text that streams goes on: as high as the text is.
    ["caret", {
      display: "inline-block",
      width: "2px",
      height: "1.2em",
      marginLeft: "1px",
      verticalAlign: "text-bottom",
      background: "var(--accent)",
      animation: "caret 1s steps(1) infinite",
    }],
  ],
  theme: {
    colors: {
      transparent: "transparent",
      current: "currentColor",
      ...Object.fromEntries(names.map((name) => [name, `var(--${name})`])),
    },
    fontFamily: { sans: SANS, mono: MONO },
    fontSize: {
      "11": ["11px", "16px"],
      "12": ["12px", "18px"],
      "13": ["13px", "20px"],
      "14": ["14px", "20px"],
      "token": ["13.5px", "24px"],
      "18": ["18px", "24px"],
      "20": ["20px", "28px"],
    },
    borderRadius: { none: "0", sm: "3px", md: "6px", lg: "8px", full: "9999px" },
    // Below `wide` the inspector is a bottom sheet; below `mid` the rail is a strip.
    screens: { sm: "520px", mid: "900px", wide: "1140px" },
    extend: {
      gridTemplateColumns: {
        app: "200px minmax(0,1fr)",
        screen: "minmax(0,1fr) 340px",
        fold: "minmax(0,1fr) auto",
        sequence: "28px minmax(0,1fr) fit-content(45%)",
        columns: "repeat(auto-fit,minmax(min(300px,100%),1fr))",
        inputs: "repeat(auto-fill,minmax(min(240px,100%),1fr))",
        params: "repeat(auto-fill,minmax(148px,1fr))",
        barrow: "fit-content(40%) minmax(64px,1fr) fit-content(30%)",
        bars: "repeat(auto-fit,minmax(min(200px,100%),1fr))",
        subgrid: "subgrid",
      },
    },
  },
  preflight: {
    ":root": { colorScheme: "light dark", ...variables },
    "*,::before,::after": {
      boxSizing: "border-box",
      borderWidth: "0",
      borderStyle: "solid",
      borderColor: "var(--line)",
    },
    "body,h1,h2,h3,p,pre,ol,ul,dl,dd,figure,fieldset": { margin: "0", padding: "0" },
    "ol,ul": { listStyle: "none" },
    body: { background: "var(--page)", color: "var(--ink)", font: `14px/20px ${SANS}`, minHeight: "100vh" },
    "h1,h2,h3": { font: "inherit" },
    "button,select,input,textarea": { font: "inherit", color: "inherit", letterSpacing: "inherit" },
    button: { background: "none", padding: "0", textAlign: "inherit", cursor: "pointer" },
    "button:disabled": { cursor: "default" },
    "input[type=range]": { accentColor: "var(--accent)", margin: "0", height: "16px", width: "100%" },
    "input[type=number]": { MozAppearance: "textfield", appearance: "textfield" },
    "input[type=number]::-webkit-inner-spin-button": { display: "none" },
    a: { color: "inherit", textDecoration: "none" },
    table: { borderCollapse: "collapse", width: "100%" },
    ":focus-visible": { outline: "2px solid var(--accent)", outlineOffset: "1px" },
    mark: { color: "inherit", background: "none" },
    dialog: {
      margin: "10vh auto auto",
      padding: "0",
      width: "420px",
      maxWidth: "94vw",
      border: "1px solid var(--edge)",
      borderRadius: "8px",
      background: "var(--panel)",
      color: "var(--ink)",
      whiteSpace: "normal",
    },
    summary: { cursor: "pointer" },
    "@keyframes caret": { "50%": { opacity: "0.2" } },
    "@media (prefers-reduced-motion: reduce)": { "*": { animation: "none!important", transition: "none!important" } },
  },
});
