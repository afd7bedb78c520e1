import { Anchor, Group, Paper, Stack, Title } from "@mantine/core";
import { type ReactNode, useId } from "react";
import { useConfig } from "../api/queries";

/** One part of a tour page, under a heading of its own. */
export function Section({
  title,
  aside,
  children,
}: {
  title: string;
  aside?: ReactNode;
  children: ReactNode;
}) {
  const id = useId();
  return (
    <Paper withBorder p="md" component="section" aria-labelledby={id}>
      <Stack gap="sm">
        <Group justify="space-between" align="baseline" gap="xs">
          <Title order={2} size="h4" id={id}>
            {title}
          </Title>
          {aside}
        </Group>
        {children}
      </Stack>
    </Paper>
  );
}

interface PlaceLinkProps {
  /** Name of the place in the server's configuration. */
  place: string;
  children: ReactNode;
}

/** Opens a place in the workspace; not there where the server names none. */
export function PlaceLink({ place, children }: PlaceLinkProps) {
  const href = useConfig().data?.links[place];
  if (!href) return null;
  return (
    <Anchor href={href} target="_blank" rel="noreferrer" size="sm">
      {children}
    </Anchor>
  );
}
