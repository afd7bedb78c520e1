import { Anchor, List, Text } from "@mantine/core";
import { useConfig, useEvaluations, useTraces } from "../api/queries";
import { PageHeading } from "../shell/PageHeading";
import { Loaded } from "./Loaded";
import { PlaceLink, Section } from "./Section";
import { TraceTable } from "./TraceTable";

const LOOKED_AT = 50;

/** Step 4: people who know the customers say what is good; their labels check the scorers. */
export function LabelPage() {
  const evaluations = useEvaluations();
  const simulated = useConfig().data?.simulated ?? false;
  return (
    <>
      <PageHeading title="4. Label">
        A scorer is only as good as its agreement with people. In a labeling session, experts answer
        a few questions about chosen traces; where they and a scorer disagree, the scorer is mended.
      </PageHeading>
      <Section
        title="The labeling session"
        aside={<PlaceLink place="labeling">Labeling in MLflow</PlaceLink>}
      >
        <Loaded query={evaluations}>
          {({ labeling }) => (
            <>
              <Text size="sm">
                {labeling.sessions === 0
                  ? "There is no session yet. Run setup/5_setup_labeling_session.py, then reload."
                  : `${labeling.sessions} ${labeling.sessions === 1 ? "session is" : "sessions are"} ready: traces chosen from the sample data, with the questions to answer about each.`}
              </Text>
              {labeling.link && (
                <Anchor href={labeling.link} target="_blank" rel="noreferrer" size="sm">
                  Answer the questions
                </Anchor>
              )}
              {simulated && labeling.sessions > 0 && (
                <Text size="sm" c="dimmed">
                  In this local sandbox the session is a review queue of MLflow.
                </Text>
              )}
            </>
          )}
        </Loaded>
        <List size="sm" spacing="xs" type="ordered">
          <List.Item>Choose traces: a sample, and those that people disliked.</List.Item>
          <List.Item>Ask the experts, with a link; they need not know MLflow.</List.Item>
          <List.Item>
            Compare their labels with the scores, and add hard cases to the set.
          </List.Item>
        </List>
      </Section>
      <Disliked />
    </>
  );
}

function Disliked() {
  const traces = useTraces(LOOKED_AT);
  return (
    <Section title="Emails that people disliked">
      <Loaded query={traces}>
        {(data) => {
          const disliked = data.traces.filter((trace) => trace.feedback === "down");
          return disliked.length === 0 ? (
            <Text size="sm">
              None among the latest {LOOKED_AT}. A thumb down on an email brings it here: the first
              candidates for labeling.
            </Text>
          ) : (
            <TraceTable traces={disliked} label="Emails that people disliked" />
          );
        }}
      </Loaded>
    </Section>
  );
}
