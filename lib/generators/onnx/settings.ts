/** How models run on this machine: settings of the environment, the same for every model of the app. */

/** `native` calls ONNX Runtime's library directly, `binding` through its npm package; `auto` is native where that works. */
export type Driver = "auto" | "native" | "binding";

export interface OnnxSettings {
  readonly driver: Driver;
  /** Threads of one pass; 0 for as many as there are cores, or one for a small model. */
  readonly threads: number;
  /** Most bytes of a model's keys and values; one request that is alone may take more. */
  readonly kvBytes: number;
  /** Whether a copy of a large model, as the runtime simplified it, is kept in the cache folder. */
  readonly keepsOptimized: boolean;
  /** Whether an idle model computes what the most probable tokens of the step on screen lead to. */
  readonly looksAhead: boolean;
}

interface Setting {
  readonly env: string;
  readonly fallback: string;
  readonly help: string;
}

/** As `--help` lists them. */
export const ONNX_SETTINGS = {
  driver: { env: "VISUALLM_ONNX_DRIVER", fallback: "auto", help: "how models are called: auto, native or binding" },
  threads: { env: "VISUALLM_THREADS", fallback: "0", help: "threads of one pass of a model, 0 to choose by its size" },
  kvMegabytes: {
    env: "VISUALLM_KV_MB",
    fallback: "512",
    help: "most megabytes of keys and values, for each model",
  },
  keepsOptimized: {
    env: "VISUALLM_OPTIMIZED_COPY",
    fallback: "1",
    help: "1 keeps a copy of a large model, as the runtime simplified it, in the cache folder",
  },
  looksAhead: {
    env: "VISUALLM_LOOK_AHEAD",
    fallback: "1",
    help: "1 lets an idle model compute what the most probable next tokens lead to",
  },
} as const satisfies Readonly<Record<string, Setting>>;

const DRIVERS = ["auto", "native", "binding"] as const satisfies readonly Driver[];
const MOST_THREADS = 1024;
const MOST_MEGABYTES = 2 ** 20;

/** @throws {RangeError} naming the setting, its value and what was expected */
export function readSettings(env: (name: string) => string | undefined): OnnxSettings {
  const text = ({ env: name, fallback }: Setting) => env(name) || fallback;
  const number = (setting: Setting, most: number) => {
    const given = text(setting);
    if (/^\d{1,7}$/.test(given) && Number(given) <= most) return Number(given);
    throw unusable(setting, given, `a whole number from 0 to ${most}`);
  };
  const given = text(ONNX_SETTINGS.driver);
  const driver = DRIVERS.find((known) => known === given);
  if (driver === undefined) throw unusable(ONNX_SETTINGS.driver, given, DRIVERS.join(", "));
  return {
    driver,
    threads: number(ONNX_SETTINGS.threads, MOST_THREADS),
    kvBytes: number(ONNX_SETTINGS.kvMegabytes, MOST_MEGABYTES) * 2 ** 20,
    keepsOptimized: number(ONNX_SETTINGS.keepsOptimized, 1) === 1,
    looksAhead: number(ONNX_SETTINGS.looksAhead, 1) === 1,
  };
}

function unusable({ env }: Setting, given: string, wanted: string): RangeError {
  return new RangeError(`Cannot use ${env} ${JSON.stringify(given)}: expected ${wanted}`);
}
