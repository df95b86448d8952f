/**
 * For tests that call the native runtime without the app: as the app does first, it tells it not to report, which else
 * leaves files in the temporary folder. All tests want the same value, so those that run beside are not disturbed.
 * To be imported before what loads the runtime.
 */
Deno.env.set("ORT_DISABLE_TELEMETRY", "1");
