/** The rig's chat and its rows as a file that an app of its own process is started with. */
export { talkRig as default } from "./talk_rig.ts";
