import {
  Accordion,
  Alert,
  Badge,
  Group,
  List,
  Paper,
  Skeleton,
  Stack,
  Text,
  Title,
} from "@mantine/core";
import { useCustomer } from "../api/queries";
import type { Customer } from "../api/schema";
import { ErrorNotice } from "../shell/ErrorNotice";
import { humanise } from "../text";

/** Shown in the heading already, or of no use to a reader. */
const LEFT_OUT = new Set(["id", "name", "industry"]);

/** What the email may say: the record that the server gives the model. One checks the email against it. */
export function CustomerRecord({ companyId }: { companyId: string | null }) {
  const customer = useCustomer(companyId);
  if (companyId === null) {
    return (
      <Alert color="gray" variant="light" title="What is known of the customer">
        Choose a company: its record appears here, so that you can check the email against it.
      </Alert>
    );
  }
  if (customer.isError) {
    return (
      <ErrorNotice
        error={customer.error}
        onRetry={() => void customer.refetch()}
        busy={customer.isFetching}
      />
    );
  }
  if (!customer.data) return <Skeleton h={220} aria-hidden />;
  return <Record customer={customer.data} />;
}

function Record({ customer }: { customer: Customer }) {
  const parts = Object.entries(customer).filter(
    ([key, value]) => !LEFT_OUT.has(key) && !isEmpty(value),
  );
  const facts = parts.filter(([, value]) => !isCompound(value));
  const groups = parts.filter(([, value]) => isCompound(value));
  return (
    <Paper withBorder p="md" component="section" aria-label="What is known of the customer">
      <Group justify="space-between" align="baseline">
        <Title order={2} size="h4">
          {customer.name}
        </Title>
        {typeof customer.industry === "string" && (
          <Badge variant="light" color="gray" tt="none">
            {customer.industry}
          </Badge>
        )}
      </Group>
      <Text size="sm" c="dimmed" mb="xs">
        The record given to the model. A good email says nothing that is not in it.
      </Text>
      <Stack gap={2}>
        {facts.map(([key, value]) => (
          <Fact key={key} name={key} value={value} />
        ))}
      </Stack>
      <Accordion
        multiple
        defaultValue={["support_tickets"]}
        chevronPosition="left"
        variant="default"
      >
        {groups.map(([key, value]) => (
          <Accordion.Item key={key} value={key}>
            <Accordion.Control px={0}>
              <Text size="sm" fw={600}>
                {humanise(key)}
                {Array.isArray(value) ? ` (${value.length})` : ""}
              </Text>
            </Accordion.Control>
            <Accordion.Panel>
              <Compound value={value} />
            </Accordion.Panel>
          </Accordion.Item>
        ))}
      </Accordion>
    </Paper>
  );
}

function Compound({ value }: { value: unknown }) {
  if (Array.isArray(value)) {
    return (
      <List size="sm" spacing="xs">
        {value.map((entry, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the record is never reordered while shown
          <List.Item key={index}>
            {isCompound(entry) ? <Compound value={entry} /> : String(entry)}
          </List.Item>
        ))}
      </List>
    );
  }
  if (!isObject(value)) return null;
  return (
    <Stack gap={2}>
      {Object.entries(value)
        .filter(([, each]) => !isEmpty(each))
        .map(([key, each]) =>
          isCompound(each) && !isPlainList(each) ? (
            <div key={key}>
              <Text size="sm" c="dimmed">
                {humanise(key)}
              </Text>
              <Compound value={each} />
            </div>
          ) : (
            <Fact key={key} name={key} value={each} />
          ),
        )}
    </Stack>
  );
}

function Fact({ name, value }: { name: string; value: unknown }) {
  return (
    <Text size="sm" style={{ overflowWrap: "anywhere" }}>
      <Text span size="sm" c="dimmed">
        {humanise(name)}:
      </Text>{" "}
      {Array.isArray(value) ? value.join(", ") : told(value)}
    </Text>
  );
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isCompound = (value: unknown) => isObject(value) || Array.isArray(value);
const isPlainList = (value: unknown) => Array.isArray(value) && !value.some(isCompound);
const isEmpty = (value: unknown) =>
  value === null || value === undefined || value === "" || (Array.isArray(value) && !value.length);

function told(value: unknown): string {
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (typeof value === "number") return value.toLocaleString("en");
  return String(value);
}
