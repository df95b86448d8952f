/** The views of inputs, which other screens draw too. A new input adds its line here. */
import { CheckboxView } from "../inputs/CheckboxView.tsx";
import { ChoiceInputView } from "../inputs/ChoiceInputView.tsx";
import { NumberInputView } from "../inputs/NumberInputView.tsx";
import { RadioInputView } from "../inputs/RadioInputView.tsx";
import { TextInputView } from "../inputs/TextInputView.tsx";
import type { ElementView } from "./element_view.ts";

export const INPUT_VIEWS: Readonly<Record<string, ElementView>> = {
  checkbox: CheckboxView,
  choice_input: ChoiceInputView,
  number_input: NumberInputView,
  radio_input: RadioInputView,
  text_input: TextInputView,
};
