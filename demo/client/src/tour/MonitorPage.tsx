import { List, Paper, SimpleGrid, Text } from "@mantine/core";
import { useConfig, useEvaluations, useTraces } from "../api/queries";
import type { Trace } from "../api/schema";
import { Figure } from "../charts/Figure";
import { PageHeading } from "../shell/PageHeading";
import { duration, humanise, moment } from "../text";
import { Loaded } from "./Loaded";
import { PlaceLink, Section } from "./Section";
import { oldestFirst, trafficOf } from "./traffic";

const LOOKED_AT = 50;

/** Step 5: the same scorers, on what people really generate. */
export function MonitorPage() {
  const traces = useTraces(LOOKED_AT);
  return (
    <>
      <PageHeading title="5. Monitor">
        Customers change, models change, and a prompt that was good in June may not be in December.
        Scheduled scorers go on asking the same questions of new emails.
      </PageHeading>
      <Section
        title={`The latest ${LOOKED_AT} emails`}
        aside={<PlaceLink place="traces">All traces in MLflow</PlaceLink>}
      >
        <Loaded query={traces}>
          {(data) =>
            data.traces.length === 0 ? (
              <Text size="sm">No email has been written yet.</Text>
            ) : (
              <Latest traces={data.traces} />
            )
          }
        </Loaded>
      </Section>
      <Scheduled />
    </>
  );
}

function Latest({ traces }: { traces: Trace[] }) {
  const traffic = trafficOf(traces);
  const timed = oldestFirst(traces).filter((trace) => trace.duration_ms != null);
  return (
    <>
      <SimpleGrid cols={{ base: 2, md: 4 }} component="dl" m={0}>
        <Tile name="Emails" value={String(traffic.emails)} />
        <Tile name="Failed" value={String(traffic.failed)} />
        <Tile
          name="Median time"
          value={traffic.median === null ? "unknown" : duration(traffic.median)}
        />
        <Tile name="Thumbs up and down" value={`${traffic.up} and ${traffic.down}`} />
      </SimpleGrid>
      {timed.length > 0 && (
        <Figure
          caption="Time each email took, oldest on the left"
          data={timed.map((trace) => ({
            when: moment(trace.created_at),
            Time: trace.duration_ms ?? null,
          }))}
          dataKey="when"
          series={[{ name: "Time", color: "indigo.6" }]}
          height={220}
          format={duration}
          table={{
            heads: ["When", "Customer", "Time"],
            rows: timed.map((trace) => ({
              key: trace.trace_id,
              cells: [moment(trace.created_at), trace.company, duration(trace.duration_ms ?? 0)],
            })),
          }}
        />
      )}
    </>
  );
}

function Tile({ name, value }: { name: string; value: string }) {
  return (
    <Paper withBorder p="sm">
      <Text component="dt" size="sm" c="dimmed">
        {name}
      </Text>
      <Text component="dd" m={0} size="xl" fw={650}>
        {value}
      </Text>
    </Paper>
  );
}

function Scheduled() {
  const evaluations = useEvaluations();
  const simulated = useConfig().data?.simulated ?? false;
  return (
    <Section
      title="Scheduled scorers"
      aside={<PlaceLink place="monitoring">Monitoring in MLflow</PlaceLink>}
    >
      <Loaded query={evaluations}>
        {({ scorers }) =>
          scorers.length === 0 ? (
            <Text size="sm">
              None is set up. Run setup/4_setup_monitoring.py, then reload the page.
            </Text>
          ) : (
            <>
              <Text size="sm">
                {simulated
                  ? "In this local sandbox they are stored and shown, and run only when asked."
                  : "The workspace runs them on a share of the new traces about every 15 minutes."}
              </Text>
              <List size="sm" spacing={4}>
                {scorers.map((scorer) => (
                  <List.Item key={scorer}>{humanise(scorer)}</List.Item>
                ))}
              </List>
            </>
          )
        }
      </Loaded>
    </Section>
  );
}
