import { Alert, Button, Fieldset, Group, Stack, Text, Textarea } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { sendFeedback } from "../api/client";
import { keys } from "../api/queries";
import type { Thumb } from "../api/schema";
import { ErrorNotice } from "../shell/ErrorNotice";

const THUMBS: { thumb: Thumb; label: string; glyph: string }[] = [
  { thumb: "up", label: "Good", glyph: "👍" },
  { thumb: "down", label: "Not good", glyph: "👎" },
];

/** A thumb and, if one likes, a reason. It is stored on the trace, where evaluation and labeling find it. */
export function FeedbackForm({ traceId }: { traceId: string }) {
  const [thumb, setThumb] = useState<Thumb | null>(null);
  const [comment, setComment] = useState("");
  const client = useQueryClient();
  const feedback = useMutation({
    mutationFn: sendFeedback,
    onSuccess: () => client.invalidateQueries({ queryKey: keys.traces }),
  });

  if (feedback.isSuccess) {
    return (
      <Alert color="teal" role="status" title="Feedback stored on the trace">
        <Button size="xs" variant="default" mt="xs" onClick={() => feedback.reset()}>
          Change it
        </Button>
      </Alert>
    );
  }
  return (
    <Fieldset legend="Is this email good?">
      <Stack gap="sm">
        <Group gap="sm">
          {THUMBS.map((each) => (
            <Button
              key={each.thumb}
              variant={thumb === each.thumb ? "filled" : "default"}
              aria-pressed={thumb === each.thumb}
              leftSection={<span aria-hidden>{each.glyph}</span>}
              onClick={() => setThumb(each.thumb)}
            >
              {each.label}
            </Button>
          ))}
        </Group>
        {thumb && (
          <form
            onSubmit={(event) => {
              event.preventDefault();
              const said = comment.trim();
              feedback.mutate({ trace_id: traceId, thumb, ...(said ? { comment: said } : {}) });
            }}
          >
            <Stack gap="sm" align="flex-start">
              <Textarea
                w="100%"
                label="Why? (optional)"
                placeholder="For example: it does not mention the open ticket"
                autosize
                minRows={2}
                maxLength={2000}
                value={comment}
                onChange={(event) => setComment(event.currentTarget.value)}
              />
              {feedback.isError && <ErrorNotice error={feedback.error} />}
              <Button type="submit" loading={feedback.isPending}>
                Send feedback
              </Button>
            </Stack>
          </form>
        )}
        {!thumb && (
          <Text size="sm" c="dimmed">
            Your judgement is stored on the trace; the team finds it there.
          </Text>
        )}
      </Stack>
    </Fieldset>
  );
}
