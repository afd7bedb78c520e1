import { Alert, Button, Group, SimpleGrid, Stack, Text, Title } from "@mantine/core";
import { ErrorNotice } from "../shell/ErrorNotice";
import { CompanyPicker } from "../write/CompanyPicker";
import { TraceLink } from "../write/EmailEditor";
import { EmailStream } from "../write/EmailStream";
import { type Generation, useGeneration } from "../write/useGeneration";
import { Section } from "./Section";

interface Props {
  companyId: string | null;
  onCompany: (id: string | null) => void;
}

/** The same customer, both prompts, at the same time. */
export function SideBySide({ companyId, onCompany }: Props) {
  const original = useGeneration();
  const fixed = useGeneration();
  const writing = [original, fixed].some(({ state }) => state.phase === "writing");

  function generate() {
    if (companyId === null) return;
    original.start({ company_id: companyId, prompt_version: 1 });
    fixed.start({ company_id: companyId, prompt_version: 2 });
  }

  return (
    <Section title="See it for yourself">
      <Text size="sm" c="dimmed">
        A customer with an open ticket shows the difference best.
      </Text>
      <CompanyPicker value={companyId} onChange={onCompany} />
      <Group>
        <Button onClick={generate} disabled={companyId === null || writing}>
          Write both
        </Button>
        {writing && (
          <Button
            variant="default"
            onClick={() => {
              original.stop();
              fixed.stop();
            }}
          >
            Stop
          </Button>
        )}
      </Group>
      <SimpleGrid cols={{ base: 1, md: 2 }}>
        <Half title="Original prompt (v1)" generation={original} />
        <Half title="Fixed prompt (v2)" generation={fixed} />
      </SimpleGrid>
    </Section>
  );
}

function Half({ title, generation: { state, start } }: { title: string; generation: Generation }) {
  if (state.phase === "idle") return null;
  return (
    <Stack gap="xs">
      <Title order={3} size="h5">
        {title}
      </Title>
      {state.phase === "failed" && (
        <ErrorNotice error={state.error} onRetry={() => start(state.request)} />
      )}
      {state.phase === "stopped" && (
        <Alert color="gray" variant="light" title="Stopped before it was complete" />
      )}
      <EmailStream text={state.text} writing={state.phase === "writing"} />
      {state.phase === "done" && <TraceLink traceId={state.result.trace_id} />}
    </Stack>
  );
}
