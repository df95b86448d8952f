/** The rig's module as a file that an app of its own process is started with. */
export { rigModule as default } from "./rig_module.ts";
