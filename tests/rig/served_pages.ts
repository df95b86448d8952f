/** The rig's developer's pages as a file that an app of its own process is started with. */
export { elementsRig as default } from "./elements_rig.ts";
