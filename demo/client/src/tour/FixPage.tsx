import { Anchor, Group, List, Text } from "@mantine/core";
import { useEvaluations } from "../api/queries";
import type { Evaluations } from "../api/schema";
import { Figure } from "../charts/Figure";
import { PageHeading } from "../shell/PageHeading";
import { SimulatedBadge } from "../shell/SimulatedBadge";
import { Loaded } from "./Loaded";
import { PlaceLink, Section } from "./Section";
import { SideBySide } from "./SideBySide";
import {
  type Comparison,
  changes,
  comparison,
  largestGain,
  percent,
  points,
  runLabel,
} from "./scores";

interface Props {
  companyId: string | null;
  onCompany: (id: string | null) => void;
}

/** Step 3: a better prompt, and the proof that it is better. */
export function FixPage({ companyId, onCompany }: Props) {
  const evaluations = useEvaluations();
  return (
    <>
      <PageHeading title="3. Fix">
        The traces show why the first prompt fails: it asks for impressive numbers and says nothing
        of support tickets. The second one keeps to the record. The scores say whether that helped.
      </PageHeading>
      <Section
        title="What was changed"
        aside={<PlaceLink place="prompts">Compare the prompts in MLflow</PlaceLink>}
      >
        <List size="sm" spacing="xs">
          <List.Item>Only facts from the customer's record; nothing invented.</List.Item>
          <List.Item>Open tickets first, and no sales talk while one is open.</List.Item>
          <List.Item>A calm tone, a length limit, one clear question at the end.</List.Item>
        </List>
        <Text size="sm" c="dimmed">
          Both versions stay in the Prompt Registry. The app asks for the alias production: moving
          the alias puts a version into use, or takes it back, without a deployment.
        </Text>
      </Section>
      <Loaded query={evaluations}>{(data) => <BeforeAfter evaluations={data} />}</Loaded>
      <SideBySide companyId={companyId} onCompany={onCompany} />
    </>
  );
}

function BeforeAfter({ evaluations }: { evaluations: Evaluations }) {
  const pair = comparison(evaluations.runs);
  return (
    <Section
      title="Before and after"
      aside={pair && <SimulatedBadge when={pair.before.simulated || pair.after.simulated} />}
    >
      {pair ? (
        <Compared pair={pair} evaluations={evaluations} />
      ) : (
        <Text size="sm">
          There are no runs of two prompt versions to compare yet. Run
          setup/3_run_evals_for_sample_traces.py, then reload.
        </Text>
      )}
    </Section>
  );
}

function Compared({ pair, evaluations }: { pair: Comparison; evaluations: Evaluations }) {
  const all = changes(pair, evaluations);
  const gain = largestGain(all);
  const before = `Before (v${pair.before.prompt_version})`;
  const after = `After (v${pair.after.prompt_version})`;
  return (
    <>
      {gain && (
        <Text>
          {gain.label} went from {percent(gain.before ?? 0)} to {percent(gain.after ?? 0)}.
        </Text>
      )}
      <Figure
        caption="Share of emails that pass each scorer, before and after the fix"
        data={all.map((each) => ({
          label: each.label,
          [before]: each.before,
          [after]: each.after,
        }))}
        dataKey="label"
        series={[
          { name: before, color: "gray.6" },
          { name: after, color: "indigo.6" },
        ]}
        height={all.length * 56 + 76}
        sideways
        max={1}
        format={percent}
        table={{
          heads: ["Scorer", before, after, "Change"],
          rows: all.map((each) => ({
            key: each.scorer,
            cells: [each.label, told(each.before), told(each.after), points(each)],
          })),
        }}
      />
      <Group gap="md">
        {[pair.before, pair.after].map(
          (run) =>
            run.link && (
              <Anchor
                key={run.run_id}
                href={run.link}
                target="_blank"
                rel="noreferrer"
                size="sm"
              >{`Open ${runLabel(run)}`}</Anchor>
            ),
        )}
      </Group>
    </>
  );
}

const told = (score: number | null) => (score === null ? "not scored" : percent(score));
