import { Badge, Group, Select, Stack, Text } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useState } from "react";
import { useCompanies } from "../api/queries";
import type { Company } from "../api/schema";
import { ErrorNotice } from "../shell/ErrorNotice";

interface Props {
  value: string | null;
  onChange: (id: string | null) => void;
}

/** Pause in typing after which the server is asked, in ms. */
const TYPING_PAUSE = 200;

/** A searchable list of the customers; the search is the server's, so the list may be long. */
export function CompanyPicker({ value, onChange }: Props) {
  const [typed, setTyped] = useState("");
  const [chosen, setChosen] = useState<Company | null>(null);
  const [paused] = useDebouncedValue(typed, TYPING_PAUSE);
  // After a choice the field holds its name: that is no search.
  const companies = useCompanies(paused === chosen?.name ? "" : paused.trim());
  const found = companies.data?.companies ?? [];
  const total = companies.data?.total ?? 0;
  const listed =
    chosen && !found.some((company) => company.id === chosen.id) ? [chosen, ...found] : found;

  return (
    <Stack gap="xs">
      <Select
        label="Company"
        placeholder="Search by name"
        searchable
        clearable={value !== null}
        clearButtonProps={{ "aria-label": "Choose no company" }}
        // Within the page's landmarks, and the list itself scrolls: both so that screen readers find their way.
        comboboxProps={{ shadow: "md", withinPortal: false }}
        withScrollArea={false}
        styles={{ options: { maxHeight: 320, overflowY: "auto" } }}
        data={listed.map((company) => ({ value: company.id, label: company.name }))}
        filter={({ options }) => options}
        value={value}
        onChange={(id) => {
          setChosen(listed.find((company) => company.id === id) ?? null);
          onChange(id);
        }}
        searchValue={typed}
        onSearchChange={setTyped}
        nothingFoundMessage={companies.isPending ? "Loading" : "No company of that name"}
        description={
          total > found.length ? `${found.length} of ${total} shown; type to narrow` : undefined
        }
        renderOption={({ option }) => (
          <CompanyOption company={listed.find((company) => company.id === option.value)} />
        )}
      />
      {companies.isError && (
        <ErrorNotice
          error={companies.error}
          onRetry={() => void companies.refetch()}
          busy={companies.isFetching}
        />
      )}
    </Stack>
  );
}

function CompanyOption({ company }: { company: Company | undefined }) {
  if (!company) return null;
  const tickets = company.open_tickets;
  return (
    <Group justify="space-between" wrap="nowrap" flex={1} miw={0}>
      <div>
        <Text size="sm">{company.name}</Text>
        <Text size="xs" c="dimmed">
          {[company.industry, company.contact_name].filter(Boolean).join(", ")}
        </Text>
      </div>
      {tickets > 0 && (
        <Badge color="yellow" variant="light" tt="none" style={{ flexShrink: 0 }}>
          {tickets === 1 ? "1 open ticket" : `${tickets} open tickets`}
        </Badge>
      )}
    </Group>
  );
}
