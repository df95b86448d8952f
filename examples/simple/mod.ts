/** The smallest page of one's own: a heading and a text. */
import { component, defineModule, heading, text } from "visuallm";

export default defineModule({
  name: "simple",
  title: "Simple",
  components: [
    component("Simple", () => [
      heading("Really Easy Component"),
      text("Some really interesting text that is displayed on the page."),
    ]),
  ],
});
