import type { Device } from "./protocol.ts";
import type { Driver } from "./settings.ts";
import { thrownText } from "../../lm/thrown.ts";

/** What is needed of ONNX Runtime to try a device. */
export interface SessionMaker {
  create(
    model: Uint8Array,
    options: { executionProviders: string[]; logSeverityLevel: 4 },
  ): Promise<{ release(): Promise<void> }>;
}

/** Fastest first; the last always works. */
const PREFERRED = ["cuda", "webgpu", "cpu"] as const;
export type WorkingDevice = typeof PREFERRED[number];

const FIXES: Readonly<Record<WorkingDevice, string>> = {
  cuda: "install CUDA with cuDNN and run `deno install --allow-scripts=npm:onnxruntime-node`, or use the device cpu",
  webgpu: "install a Vulkan driver for the GPU, or use the device cpu",
  cpu: "reinstall the package onnxruntime-node",
};

/** An ONNX model that adds a number to itself, 63 bytes: enough to see whether a device works. */
const TINY_MODEL = Uint8Array.from(
  atob("CAg6NQoOCgF4CgF4EgF5IgNBZGQSAXBaDwoBeBIKCggIARIECgIIAWIPCgF5EgoKCAgBEgQKAggBQgQKABAN"),
  (character) => character.charCodeAt(0),
);

/** Devices that the portable driver cannot run a model on, though the runtime works there. */
export const NATIVE_ALONE: readonly WorkingDevice[] = ["webgpu"];

/**
 * The device to run on. `auto` takes the first that works; one that is named is used or refused, never replaced.
 * @param driver what `auto` takes has to suit it
 * @throws {Error} with the runtime's reason and what would help
 */
export async function pickDevice(wanted: Device, sessions: SessionMaker, driver: Driver): Promise<WorkingDevice> {
  if (wanted === "cpu") return wanted;
  if (wanted !== "auto") {
    const reason = await tryDevice(wanted, sessions);
    if (reason === undefined) return wanted;
    throw new Error(`Cannot use the device ${wanted}: ${reason}. To use it, ${FIXES[wanted]}`);
  }
  for (const device of PREFERRED) {
    if (driver === "binding" && NATIVE_ALONE.includes(device)) continue;
    if (device === "cpu" || await tryDevice(device, sessions) === undefined) return device;
  }
  return "cpu";
}

/**
 * Opens a model on a device, or on the processor where `auto` has found one that does not suit the model.
 * @param open the model on that device @throws what opening it on the last of them has thrown
 */
export async function openOnDevice<Opened>(
  { wanted, device, signal }: { readonly wanted: Device; readonly device: WorkingDevice; readonly signal: AbortSignal },
  open: (device: WorkingDevice) => Promise<Opened>,
): Promise<{ readonly opened: Opened; readonly device: WorkingDevice; readonly notes: readonly string[] }> {
  try {
    return { opened: await open(device), device, notes: [] };
  } catch (error) {
    signal.throwIfAborted();
    if (wanted !== "auto" || device === "cpu") throw error;
    const opened = await open("cpu");
    return { opened, device: "cpu", notes: [`it runs on the processor, since ${device} cannot: ${thrownText(error)}`] };
  }
}

/** Why the device does not work; undefined when it does. */
async function tryDevice(device: WorkingDevice, sessions: SessionMaker): Promise<string | undefined> {
  try {
    const session = await sessions.create(TINY_MODEL, { executionProviders: [device], logSeverityLevel: 4 });
    await session.release();
    return undefined;
  } catch (error) {
    return thrownText(error);
  }
}
