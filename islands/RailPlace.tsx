import { useEffect } from "preact/hooks";

/** On a narrow screen the rail is a strip: it begins where the page that is open stands. */
export default function RailPlace() {
  useEffect(() => {
    document.querySelector("nav [aria-current=page]")?.scrollIntoView({ inline: "center", block: "nearest" });
  }, []);
  return null;
}
