/** Every element at work, a page each; no model and no network. */
import { defineModule } from "visuallm";
import { actionComponents } from "./actions.ts";
import { chartComponents, chartGenerators } from "./charts.ts";
import { inputComponents } from "./inputs.ts";
import { tables } from "./tables.ts";

export default defineModule({
  name: "elements",
  title: "Elements",
  generators: chartGenerators,
  components: [...inputComponents, ...actionComponents, tables, ...chartComponents],
});
