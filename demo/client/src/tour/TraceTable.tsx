import { Anchor, Badge, Table, Text } from "@mantine/core";
import type { Trace } from "../api/schema";
import { duration, moment } from "../text";
import { hasFailed } from "./traffic";

const THUMBS = { up: "👍 Good", down: "👎 Not good" } as const;

/** Recent emails with what was recorded of each. On a narrow screen it scrolls sideways within itself. */
export function TraceTable({ traces, label }: { traces: Trace[]; label: string }) {
  return (
    <Table.ScrollContainer minWidth={560} scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}>
      <Table aria-label={label} verticalSpacing={6}>
        <Table.Thead>
          <Table.Tr>
            {["Customer", "When", "Took", "Prompt", "Feedback", "Trace"].map((head) => (
              <Table.Th key={head} scope="col">
                {head}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {traces.map((trace) => (
            <Line key={trace.trace_id} trace={trace} />
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

function Line({ trace }: { trace: Trace }) {
  const customer = trace.company || "Unknown";
  return (
    <Table.Tr>
      <Table.Th scope="row" fw={500}>
        {customer}{" "}
        {hasFailed(trace) && (
          <Badge color="red" variant="light" tt="none">
            Failed
          </Badge>
        )}
      </Table.Th>
      <Table.Td>{moment(trace.created_at)}</Table.Td>
      <Table.Td>{trace.duration_ms == null ? "" : duration(trace.duration_ms)}</Table.Td>
      <Table.Td>{trace.prompt_version == null ? "" : `v${trace.prompt_version}`}</Table.Td>
      <Table.Td>{trace.feedback ? THUMBS[trace.feedback] : ""}</Table.Td>
      <Table.Td>
        {trace.link ? (
          <Anchor
            href={trace.link}
            target="_blank"
            rel="noreferrer"
            size="sm"
            aria-label={`Open the trace of ${customer}, ${moment(trace.created_at)}`}
          >
            Open
          </Anchor>
        ) : (
          <Text size="sm" c="dimmed">
            {trace.trace_id}
          </Text>
        )}
      </Table.Td>
    </Table.Tr>
  );
}
