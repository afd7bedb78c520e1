import {
  Anchor,
  Badge,
  Button,
  CopyButton,
  Group,
  Stack,
  Text,
  Textarea,
  TextInput,
} from "@mantine/core";
import { useState } from "react";
import { useConfig, useTraces } from "../api/queries";
import type { Generated } from "../api/schema";
import { SimulatedBadge } from "../shell/SimulatedBadge";
import { duration } from "../text";
import { FeedbackForm } from "./FeedbackForm";

/** The finished email: edit it, copy it, judge it, see how it came about. Mount it with the trace's id as key. */
export function EmailEditor({ result }: { result: Generated }) {
  const [subject, setSubject] = useState(result.email.subject);
  const [body, setBody] = useState(result.email.body);
  const edited = subject !== result.email.subject || body !== result.email.body;
  return (
    <Stack>
      <Group gap="xs">
        <Badge variant="light" tt="none">
          Prompt v{result.prompt_version}
        </Badge>
        <Badge variant="light" color="gray" tt="none">
          {duration(result.latency_ms)}
        </Badge>
        <SimulatedBadge />
        {edited && (
          <Badge variant="light" color="teal" tt="none">
            Edited
          </Badge>
        )}
      </Group>
      <TextInput
        label="Subject"
        value={subject}
        onChange={(event) => setSubject(event.currentTarget.value)}
      />
      <Textarea
        label="Email"
        autosize
        minRows={8}
        value={body}
        onChange={(event) => setBody(event.currentTarget.value)}
      />
      <Group gap="sm">
        <CopyButton value={`Subject: ${subject}\n\n${body}`}>
          {({ copied, copy }) => (
            <Button variant="default" onClick={copy}>
              {copied ? "Copied" : "Copy email"}
            </Button>
          )}
        </CopyButton>
        <Button
          variant="default"
          disabled={!edited}
          onClick={() => {
            setSubject(result.email.subject);
            setBody(result.email.body);
          }}
        >
          Undo my edits
        </Button>
        <TraceLink traceId={result.trace_id} />
      </Group>
      <FeedbackForm traceId={result.trace_id} />
    </Stack>
  );
}

/** The trace's own page where the server knows it, else the list of traces. */
export function TraceLink({ traceId }: { traceId: string }) {
  const recent = useTraces(10);
  const all = useConfig().data?.links.traces;
  const own = recent.data?.traces.find((trace) => trace.trace_id === traceId)?.link;
  const href = own ?? all;
  if (!href) {
    return (
      <Text size="sm" c="dimmed">
        Trace {traceId}
      </Text>
    );
  }
  return (
    <Anchor href={href} target="_blank" rel="noreferrer" size="sm">
      See the trace
    </Anchor>
  );
}
