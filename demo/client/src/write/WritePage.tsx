import { Alert, Button, Group, Stack, Text, Textarea, VisuallyHidden } from "@mantine/core";
import { useState } from "react";
import type { PromptVersion } from "../api/schema";
import { ErrorNotice } from "../shell/ErrorNotice";
import { PageHeading } from "../shell/PageHeading";
import { CompanyPicker } from "./CompanyPicker";
import { CustomerRecord } from "./CustomerRecord";
import { EmailEditor } from "./EmailEditor";
import { EmailStream } from "./EmailStream";
import { PromptPicker } from "./PromptPicker";
import type { Generation, GenerationState } from "./useGeneration";

interface Props {
  companyId: string | null;
  onCompany: (id: string | null) => void;
  generation: Generation;
}

/** The app itself: choose a company, have an email written, judge it. */
export function WritePage({ companyId, onCompany, generation }: Props) {
  const [version, setVersion] = useState<PromptVersion>("production");
  const [instructions, setInstructions] = useState("");
  const { state, start, stop } = generation;
  const writing = state.phase === "writing";

  function generate() {
    if (companyId === null) return;
    const wish = instructions.trim();
    start({
      company_id: companyId,
      prompt_version: version,
      ...(wish ? { instructions: wish } : {}),
    });
  }

  return (
    <Stack gap="lg">
      <PageHeading title="Write an email">
        Pick a customer, have a sales email written, and check it against what is known of them.
        Every email leaves a trace.
      </PageHeading>
      <div className="write-page">
        <Stack className="write-form">
          <CompanyPicker value={companyId} onChange={onCompany} />
          <PromptPicker value={version} onChange={setVersion} />
          <Textarea
            label="Instructions (optional)"
            placeholder="For example: invite them to the webinar on Thursday"
            autosize
            minRows={2}
            maxRows={6}
            maxLength={2000}
            value={instructions}
            onChange={(event) => setInstructions(event.currentTarget.value)}
          />
          <Group>
            <Button onClick={generate} disabled={companyId === null || writing}>
              {state.phase === "idle" ? "Generate email" : "Generate again"}
            </Button>
            {writing && (
              <Button variant="default" onClick={stop}>
                Stop
              </Button>
            )}
            {companyId === null && (
              <Text size="sm" c="dimmed">
                Choose a company first.
              </Text>
            )}
          </Group>
        </Stack>
        <div className="write-result">
          <Result state={state} onRetry={generation.start} />
        </div>
        <div className="write-record">
          <CustomerRecord companyId={companyId} />
        </div>
      </div>
      <VisuallyHidden role="status">{announcement(state)}</VisuallyHidden>
    </Stack>
  );
}

function Result({ state, onRetry }: { state: GenerationState; onRetry: Generation["start"] }) {
  switch (state.phase) {
    case "idle":
      return (
        <Alert color="gray" variant="light" title="No email yet">
          The email appears here word by word. You can then edit it, say whether it is good, and
          open its trace.
        </Alert>
      );
    case "writing":
      return <EmailStream text={state.text} writing />;
    case "done":
      return <EmailEditor key={state.result.trace_id} result={state.result} />;
    case "stopped":
      return (
        <Stack>
          <Alert color="gray" variant="light" title="Stopped">
            You stopped this email before it was complete.
          </Alert>
          <EmailStream text={state.text} writing={false} />
        </Stack>
      );
    case "failed":
      return (
        <Stack>
          <ErrorNotice error={state.error} onRetry={() => onRetry(state.request)} />
          <EmailStream text={state.text} writing={false} />
        </Stack>
      );
  }
}

/** Told to screen readers once a phase: the streamed words themselves would drown everything else. */
function announcement(state: GenerationState): string {
  if (state.phase === "writing") return "The email is being written.";
  if (state.phase === "done") return "The email is ready to edit.";
  if (state.phase === "stopped") return "Stopped.";
  return "";
}
