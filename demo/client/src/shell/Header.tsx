import { AppShell, Box, Burger, Group, Text } from "@mantine/core";
import { useConfig } from "../api/queries";
import { ColorScheme } from "./ColorScheme";
import { SimulatedBadge } from "./SimulatedBadge";

export function Header({ menuOpen, onMenu }: { menuOpen: boolean; onMenu: () => void }) {
  const config = useConfig();
  return (
    <AppShell.Header px="md">
      <Group h="100%" justify="space-between" wrap="nowrap">
        <Group gap="sm" wrap="nowrap" miw={0}>
          <Burger
            opened={menuOpen}
            onClick={onMenu}
            hiddenFrom="sm"
            size="sm"
            aria-label="Pages"
            aria-expanded={menuOpen}
          />
          <img src="./icon.svg" alt="" width={28} height={28} />
          <Text fw={650} truncate>
            MLflow demo
          </Text>
          <SimulatedBadge />
        </Group>
        <Group gap="md" wrap="nowrap">
          {config.data?.model && (
            <Text size="sm" c="dimmed" visibleFrom="md" truncate maw={360}>
              Model: {config.data.model}
            </Text>
          )}
          <Box visibleFrom="sm">
            <ColorScheme />
          </Box>
        </Group>
      </Group>
    </AppShell.Header>
  );
}
