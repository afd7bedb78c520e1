import { Anchor, Group, List, Select, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { useEvaluations } from "../api/queries";
import type { EvaluationRun, Evaluations } from "../api/schema";
import { Figure } from "../charts/Figure";
import { PageHeading } from "../shell/PageHeading";
import { SimulatedBadge } from "../shell/SimulatedBadge";
import { humanise, moment } from "../text";
import { Loaded } from "./Loaded";
import { PlaceLink, Section } from "./Section";
import { meaningOf, newestFirst, percent, runLabel, scorersOf } from "./scores";

/** Step 2: scorers turn "it reads well" into numbers that can be compared. */
export function MeasurePage() {
  const evaluations = useEvaluations();
  return (
    <>
      <PageHeading title="2. Measure">
        Reading every email does not scale. A scorer asks one question of each email; an evaluation
        run asks all of them of a fixed set of customers, so that two prompts can be compared.
      </PageHeading>
      <Loaded query={evaluations}>
        {(data) => (
          <>
            <Section title="What is asked of an email">
              <List size="sm" spacing="xs">
                {data.scorers.map((scorer) => (
                  <List.Item key={scorer}>
                    <Text span size="sm" fw={600}>
                      {humanise(scorer)}
                    </Text>
                    {meaningOf(scorer) && `: ${meaningOf(scorer)}`}
                  </List.Item>
                ))}
              </List>
            </Section>
            <Runs evaluations={data} />
          </>
        )}
      </Loaded>
    </>
  );
}

function Runs({ evaluations }: { evaluations: Evaluations }) {
  const runs = newestFirst(evaluations.runs);
  const [chosen, setChosen] = useState<string | null>(null);
  const run = runs.find((each) => each.run_id === chosen) ?? runs[0];
  return (
    <Section
      title="Scores"
      aside={<PlaceLink place="evaluations">All evaluations in MLflow</PlaceLink>}
    >
      {run ? (
        <Stack>
          <Select
            label="Evaluation run"
            maw={420}
            allowDeselect={false}
            comboboxProps={{ withinPortal: false }}
            data={runs.map((each) => ({ value: each.run_id, label: runLabel(each) }))}
            value={run.run_id}
            onChange={setChosen}
          />
          <Scores run={run} evaluations={evaluations} />
        </Stack>
      ) : (
        <Text size="sm">
          No evaluation has run yet. Run setup/3_run_evals_for_sample_traces.py, then reload.
        </Text>
      )}
    </Section>
  );
}

function Scores({ run, evaluations }: { run: EvaluationRun; evaluations: Evaluations }) {
  const scores = scorersOf([run], evaluations).map((name) => ({
    name,
    label: humanise(name),
    score: run.scores[name] ?? null,
  }));
  return (
    <>
      <Group gap="sm">
        <SimulatedBadge when={run.simulated} />
        <Text size="sm" c="dimmed">
          {run.rows} emails{run.created_at && `, ${moment(run.created_at)}`}
        </Text>
        {run.link && (
          <Anchor href={run.link} target="_blank" rel="noreferrer" size="sm">
            Open this run
          </Anchor>
        )}
      </Group>
      <Figure
        caption={`Share of emails that pass each scorer, ${runLabel(run)}`}
        data={scores.map(({ label, score }) => ({ label, Score: score }))}
        dataKey="label"
        series={[{ name: "Score", color: "indigo.6" }]}
        height={scores.length * 40 + 40}
        sideways
        max={1}
        format={percent}
        table={{
          heads: ["Scorer", "Score"],
          rows: scores.map(({ name, label, score }) => ({
            key: name,
            cells: [label, score === null ? "not scored" : percent(score)],
          })),
        }}
      />
    </>
  );
}
