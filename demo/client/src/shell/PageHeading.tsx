import { Text, Title } from "@mantine/core";
import { type ReactNode, useEffect, useRef } from "react";

let firstPage = true;

/** The page's heading; takes the focus when the page changes, as a full page load would have done. */
export function PageHeading({ title, children }: { title: string; children: ReactNode }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (firstPage) firstPage = false;
    else if (title) heading.current?.focus();
  }, [title]);
  return (
    <div>
      <Title order={1} size="h2" ref={heading} tabIndex={-1}>
        {title}
      </Title>
      <Text c="dimmed" mt={4} maw={720}>
        {children}
      </Text>
    </div>
  );
}
