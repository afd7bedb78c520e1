import { type CSSVariablesResolver, createTheme } from "@mantine/core";

export const theme = createTheme({
  primaryColor: "indigo",
  primaryShade: { light: 8, dark: 7 },
  defaultRadius: "md",
  respectReducedMotion: true,
  cursorType: "pointer",
  fontFamily: "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', sans-serif",
  headings: { fontWeight: "650" },
});

const TINTED = ["indigo", "teal", "yellow", "red", "gray"] as const;

/** Text on a tinted ground, a shade further than the library's own, so that it has 4.5:1 everywhere (WCAG AA). */
function tints(light: boolean): Record<string, string> {
  return Object.fromEntries(
    TINTED.map((color) => [
      `--mantine-color-${color}-light-color`,
      `var(--mantine-color-${color}-${light ? 9 : 2})`,
    ]),
  );
}

export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    "--mantine-color-dimmed": "var(--mantine-color-gray-7)",
    "--mantine-color-placeholder": "var(--mantine-color-gray-7)",
    "--mantine-color-anchor": "var(--mantine-color-indigo-8)",
    "--mantine-color-error": "var(--mantine-color-red-9)",
    "--demo-page": "var(--mantine-color-gray-0)",
    ...tints(true),
    // The darkest shades of these two are still too pale on their tints.
    "--mantine-color-yellow-light-color": "#7a4100",
    "--mantine-color-teal-light-color": "#06593f",
  },
  dark: {
    "--mantine-color-dimmed": "var(--mantine-color-dark-1)",
    "--mantine-color-placeholder": "var(--mantine-color-dark-1)",
    "--mantine-color-anchor": "var(--mantine-color-indigo-3)",
    "--mantine-color-error": "var(--mantine-color-red-4)",
    "--demo-page": "var(--mantine-color-dark-8)",
    ...tints(false),
  },
});
