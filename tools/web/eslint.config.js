import js from "@eslint/js";
import globals from "globals";

export default [
  js.configs.recommended,
  {
    languageOptions: { ecmaVersion: 2024, sourceType: "module", globals: globals.browser },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      eqeqeq: "error",
      "no-eval": "error",
      "no-implied-eval": "error",
      "no-new-func": "error",
      "no-restricted-properties": [
        "error",
        ...["innerHTML", "outerHTML", "insertAdjacentHTML", "write", "srcdoc"].map((property) => ({
          property,
          message: "what a spec says becomes text, and never markup",
        })),
      ],
      "no-restricted-syntax": [
        "error",
        { selector: "Identifier[name=/^(innerHTML|outerHTML|insertAdjacentHTML|DOMParser|srcdoc)$/]", message: "what a spec says becomes text, and never markup" },
      ],
      "no-shadow": "error",
      "no-var": "error",
      "prefer-const": "error",
      "no-unused-vars": ["error", { args: "after-used" }],
      complexity: ["error", 12],
    },
  },
];
