/** A chat template that stands in a file of its own beside the tokenizer's, as newer exports have it. */
import * as v from "valibot";
import { thrownText } from "../../lm/thrown.ts";

const fileSchema = v.object({ chat_template: v.string() });

/** Where a template is looked for, after `tokenizer_config.json`. */
export const CHAT_TEMPLATE_FILES = ["chat_template.jinja", "chat_template.json"] as const;
const [JINJA, JSON_FILE] = CHAT_TEMPLATE_FILES;

/**
 * The template of a folder whose `tokenizer_config.json` has none; undefined where no file has one.
 * @throws {SyntaxError} naming the file that cannot be used
 */
export async function readChatTemplate(folder: string): Promise<string | undefined> {
  const template = await textOf(`${folder}/${JINJA}`);
  if (template !== undefined) return template;
  const file = `${folder}/${JSON_FILE}`, text = await textOf(file);
  if (text === undefined) return undefined;
  try {
    return v.parse(fileSchema, JSON.parse(text)).chat_template;
  } catch (error) {
    const reason = thrownText(error);
    throw new SyntaxError(`Cannot use ${file}: expected an object with a text "chat_template" (${reason})`);
  }
}

/** Undefined where there is no such file. */
async function textOf(file: string): Promise<string | undefined> {
  try {
    return await Deno.readTextFile(file);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
