/** A module of one chat whose model repeats what it was given. */
import { chat, datasetView, defineModule, rows } from "../../lib/mod.ts";
import { echoGenerator } from "./echo_rig.ts";

export const talkRig = defineModule({
  name: "talk",
  title: "Talk",
  generators: { echo: echoGenerator },
  tasks: { say: { dataset: { all: rows([{ text: "a" }]) }, prompt: ({ text }) => text } },
  components: [chat(), datasetView()],
});
