// Light or dark: as the device is set, unless the page says which.

/** Returns a function that sets the theme: `"light"`, `"dark"`, or anything else for the device's. */
export function followScheme(link) {
  let theme = null;
  let rules = [];
  const apply = () => {
    const condition = { light: "not all", dark: "all" }[theme] ?? "(prefers-color-scheme: dark)";
    for (const rule of rules) rule.media.mediaText = condition;
  };
  // Each time that the element moves, the browser reads its styles again.
  link.addEventListener("load", () => {
    try {
      rules = [...link.sheet.cssRules].filter((rule) => rule.conditionText?.includes("color-scheme"));
      apply();
    } catch (cause) {
      // A browser may refuse to show the rules of another origin: then the device's theme stays.
      console.warn(cause);
    }
  });
  return (wanted) => {
    theme = wanted;
    apply();
  };
}
