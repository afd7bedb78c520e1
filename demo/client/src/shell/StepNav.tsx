import { AppShell, Divider, NavLink, ScrollArea, Text } from "@mantine/core";
import { useConfig } from "../api/queries";
import { ROUTES, type Route } from "../routes";
import { ColorScheme } from "./ColorScheme";

/** Places of the workspace worth a link, in the order shown, by their name in the configuration. */
const PLACES: [name: string, label: string][] = [
  ["experiment", "Experiment"],
  ["traces", "Traces"],
  ["prompts", "Prompts"],
  ["evaluations", "Evaluations"],
  ["labeling", "Labeling"],
  ["monitoring", "Monitoring"],
  ["workspace", "Workspace"],
];

/** The pages of the story, and below them the places in the workspace they speak of. */
export function StepNav({ current, onChoose }: { current: Route; onChoose: () => void }) {
  const links = useConfig().data?.links ?? {};
  const places = PLACES.flatMap(([name, label]) => {
    const href = links[name];
    return href ? [{ href, label }] : [];
  });
  return (
    <AppShell.Navbar p="sm" aria-label="Pages">
      <AppShell.Section grow component={ScrollArea}>
        {ROUTES.map((route, index) => (
          <div key={route.id}>
            {index === 1 && <NavTitle>Guided tour</NavTitle>}
            <NavLink
              href={route.hash}
              label={route.title}
              description={route.hint}
              active={route === current}
              aria-current={route === current ? "page" : undefined}
              onClick={onChoose}
            />
          </div>
        ))}
        {places.length > 0 && (
          <>
            <Divider my="sm" />
            <NavTitle>In the workspace</NavTitle>
            {places.map(({ href, label }) => (
              <NavLink
                key={label}
                href={href}
                target="_blank"
                rel="noreferrer"
                label={label}
                py={4}
              />
            ))}
          </>
        )}
      </AppShell.Section>
      {/* On a narrow screen the header has no room for it. */}
      <AppShell.Section hiddenFrom="sm" pt="sm">
        <ColorScheme />
      </AppShell.Section>
    </AppShell.Navbar>
  );
}

function NavTitle({ children }: { children: string }) {
  return (
    <Text size="xs" fw={600} c="dimmed" px="sm" pt="sm" pb={4}>
      {children}
    </Text>
  );
}
