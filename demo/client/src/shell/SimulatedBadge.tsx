import { Badge } from "@mantine/core";
import { useConfig } from "../api/queries";

/** Marks what a simulated endpoint answered. `when` overrides the app's setting (an evaluation run has its own). */
export function SimulatedBadge({ when }: { when?: boolean }) {
  const config = useConfig();
  if (!(when ?? config.data?.simulated ?? false)) return null;
  return (
    <Badge
      color="yellow"
      variant="light"
      tt="none"
      title="A local stand-in for a model wrote this by fixed rules; no model was asked."
    >
      Simulated
    </Badge>
  );
}
