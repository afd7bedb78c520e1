import { Input, SegmentedControl } from "@mantine/core";
import type { PromptVersion } from "../api/schema";

const VERSIONS: { value: string; label: string; about: string; version: PromptVersion }[] = [
  {
    value: "production",
    label: "Production",
    about: "The version the production alias points at.",
    version: "production",
  },
  {
    value: "1",
    label: "Original (v1)",
    about: "Asks for a persuasive email; tends to invent facts and to ignore open tickets.",
    version: 1,
  },
  {
    value: "2",
    label: "Fixed (v2)",
    about: "Keeps to the customer's record and speaks of open tickets first.",
    version: 2,
  },
];

interface Props {
  value: PromptVersion;
  onChange: (version: PromptVersion) => void;
}

export function PromptPicker({ value, onChange }: Props) {
  const chosen = VERSIONS.find((each) => each.version === value);
  return (
    <Input.Wrapper label="Prompt version" description={chosen?.about} labelElement="div">
      <SegmentedControl
        fullWidth
        mt={6}
        aria-label="Prompt version"
        data={VERSIONS.map(({ value: name, label }) => ({ value: name, label }))}
        value={String(value)}
        onChange={(name) =>
          onChange(VERSIONS.find((each) => each.value === name)?.version ?? "production")
        }
      />
    </Input.Wrapper>
  );
}
