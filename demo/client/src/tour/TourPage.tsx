import { Button, Group, Stack } from "@mantine/core";
import { ROUTES, type Route } from "../routes";
import { FixPage } from "./FixPage";
import { LabelPage } from "./LabelPage";
import { MeasurePage } from "./MeasurePage";
import { MonitorPage } from "./MonitorPage";
import { TracePage } from "./TracePage";

export interface TourProps {
  step: Exclude<Route["id"], "write">;
  companyId: string | null;
  onCompany: (id: string | null) => void;
}

/** The story after the email: what happened, how good it was, how to better it, and how to keep it good. */
export default function TourPage({ step, companyId, onCompany }: TourProps) {
  return (
    <Stack gap="lg" maw={1100}>
      {step === "trace" && <TracePage />}
      {step === "measure" && <MeasurePage />}
      {step === "fix" && <FixPage companyId={companyId} onCompany={onCompany} />}
      {step === "label" && <LabelPage />}
      {step === "monitor" && <MonitorPage />}
      <Turn step={step} />
    </Stack>
  );
}

function Turn({ step }: { step: TourProps["step"] }) {
  const here = ROUTES.findIndex((route) => route.id === step);
  const before = ROUTES[here - 1];
  const after = ROUTES[here + 1];
  return (
    <Group component="nav" aria-label="Tour" justify="space-between">
      {before && (
        <Button component="a" href={before.hash} variant="default">
          Back: {before.title}
        </Button>
      )}
      {after && (
        <Button component="a" href={after.hash}>
          Next: {after.title}
        </Button>
      )}
    </Group>
  );
}
