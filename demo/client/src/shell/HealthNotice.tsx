import { Alert, Button, List, Stack, Text } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useHealth } from "../api/queries";
import type { HealthCheck } from "../api/schema";
import { ErrorNotice } from "./ErrorNotice";

const NAMES: Record<string, string> = {
  workspace: "Workspace",
  prompt: "Prompt",
  experiment: "Experiment",
  endpoint: "Model endpoint",
};

/** What is missing behind the page and how to get it; silent while all is well. */
export function HealthNotice() {
  const health = useHealth();
  const client = useQueryClient();
  // All that failed for the same reason is asked for again, not health alone.
  const again = () => void client.invalidateQueries();
  if (health.isError) {
    return (
      <Stack mb="lg">
        <ErrorNotice error={health.error} onRetry={again} busy={health.isFetching} />
      </Stack>
    );
  }
  const failed = health.data?.checks.filter((check) => check.status === "failed") ?? [];
  if (failed.length === 0) return null;
  return (
    <Alert color="yellow" mb="lg" role="status" title="Something is missing; the rest works">
      <Stack gap="sm" align="flex-start">
        <List size="sm" spacing="xs">
          {failed.map((check) => (
            <FailedCheck key={check.name} check={check} />
          ))}
        </List>
        <Button size="xs" variant="default" onClick={again} loading={health.isFetching}>
          Check again
        </Button>
      </Stack>
    </Alert>
  );
}

function FailedCheck({ check }: { check: HealthCheck }) {
  return (
    <List.Item>
      <Text span size="sm" fw={600}>
        {NAMES[check.name] ?? check.name}:
      </Text>{" "}
      {check.detail} {check.fix}
    </List.Item>
  );
}
