import { Anchor, List, Text } from "@mantine/core";
import { useTraces } from "../api/queries";
import { PageHeading } from "../shell/PageHeading";
import { Loaded } from "./Loaded";
import { PlaceLink, Section } from "./Section";
import { TraceTable } from "./TraceTable";

const RECENT = 10;

/** Step 1: every email can be traced back to what the model was given. */
export function TracePage() {
  const traces = useTraces(RECENT);
  return (
    <>
      <PageHeading title="1. Trace">
        A model's answer says nothing of how it came about. MLflow records each email as a trace, so
        that a poor one can be explained instead of guessed at.
      </PageHeading>
      <Section title="What a trace holds">
        <List size="sm" spacing="xs">
          <List.Item>The customer's record that was looked up for the email.</List.Item>
          <List.Item>The prompt that was sent, and which version of it.</List.Item>
          <List.Item>The model's answer, the tokens it used and the time each part took.</List.Item>
          <List.Item>Who asked, in which session, and the feedback that was given later.</List.Item>
        </List>
      </Section>
      <Section
        title="The latest emails"
        aside={<PlaceLink place="traces">All traces in MLflow</PlaceLink>}
      >
        <Loaded query={traces}>
          {(data) =>
            data.traces.length === 0 ? (
              <Text size="sm">
                None yet. <Anchor href="#/">Write an email</Anchor>: its trace appears here.
              </Text>
            ) : (
              <>
                <Text size="sm" c="dimmed">
                  Open one: compare the record with what the email claims, and look for open tickets
                  that it left out.
                </Text>
                <TraceTable traces={data.traces} label="The latest emails and their traces" />
              </>
            )
          }
        </Loaded>
      </Section>
    </>
  );
}
