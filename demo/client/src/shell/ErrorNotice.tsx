import { Alert, Button, Stack, Text } from "@mantine/core";
import type { ApiError } from "../api/errors";

interface Props {
  error: ApiError;
  onRetry?: () => void;
  retryLabel?: string;
  busy?: boolean;
}

/** A failure: what happened, what to do next, and a way to try again. */
export function ErrorNotice({ error, onRetry, retryLabel = "Try again", busy = false }: Props) {
  return (
    <Alert color="red" role="alert" title={error.message} data-code={error.code}>
      <Stack gap="sm" align="flex-start">
        {error.fix && <Text size="sm">{error.fix}</Text>}
        {onRetry && (
          <Button size="xs" variant="default" onClick={onRetry} loading={busy}>
            {retryLabel}
          </Button>
        )}
      </Stack>
    </Alert>
  );
}
