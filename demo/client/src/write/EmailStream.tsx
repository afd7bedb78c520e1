import { Alert, Group, Loader, Paper, Stack, Text } from "@mantine/core";
import { useEffect, useState } from "react";
import { SimulatedBadge } from "../shell/SimulatedBadge";
import { splitEmail } from "../text";

/** Seconds without a word after which the page says that it may take a while. */
const SLOW_AFTER_S = 4;

/** The email while it is written, or what there is of one that did not get finished. */
export function EmailStream({ text, writing }: { text: string; writing: boolean }) {
  const { subject, body } = splitEmail(text);
  return (
    <Stack gap="sm">
      <Group gap="xs">
        {writing && <Waiting started={text.length > 0} />}
        {text && <SimulatedBadge />}
      </Group>
      {text && (
        <Paper withBorder p="md" data-testid="stream" aria-busy={writing}>
          {subject !== null && (
            <Text fw={650} mb="xs">
              {subject}
            </Text>
          )}
          <Text className="email-text">{body}</Text>
        </Paper>
      )}
    </Stack>
  );
}

function Waiting({ started }: { started: boolean }) {
  const seconds = useSeconds();
  const slow = !started && seconds >= SLOW_AFTER_S;
  return (
    <>
      <Loader size="xs" aria-hidden />
      <Text size="sm" c="dimmed">
        {started ? "Writing" : `Waiting for the model, ${seconds} s`}
      </Text>
      {slow && (
        <Alert color="gray" variant="light" p="xs" role="status">
          The model is slow to start; its endpoint may be waking up. You can wait or stop.
        </Alert>
      )}
    </>
  );
}

function useSeconds() {
  const [seconds, setSeconds] = useState(0);
  useEffect(() => {
    const timer = window.setInterval(() => setSeconds((before) => before + 1), 1000);
    return () => window.clearInterval(timer);
  }, []);
  return seconds;
}
