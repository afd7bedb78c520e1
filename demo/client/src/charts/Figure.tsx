import { Anchor, Center, Loader, Table, VisuallyHidden } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { lazy, type ReactNode, Suspense, useEffect, useId, useRef, useState } from "react";
import type { BarsProps } from "./Bars";

const Bars = lazy(() => import("./Bars"));

export interface FigureTable {
  heads: string[];
  /** One line of the table; its first cell is the line's heading. */
  rows: { key: string; cells: ReactNode[] }[];
}

interface Props extends BarsProps {
  /** What one sees, in a sentence: the caption, and the name of the picture. */
  caption: string;
  table: FigureTable;
}

/**
 * A chart and the same figures as a table. The library of charts is fetched when the first one comes into view;
 * the table is there for screen readers at all times and for everyone on request.
 */
export function Figure({ caption, table, ...bars }: Props) {
  const [box, seen] = useSeen();
  const [open, { toggle }] = useDisclosure(false);
  const id = useId();
  const shown = useRef<HTMLDivElement>(null);
  // The button may stand at the window's lower edge: what it opens has to be seen.
  useEffect(() => {
    if (open) shown.current?.scrollIntoView({ block: "nearest" });
  }, [open]);
  const figures = <FiguresTable table={table} caption={caption} />;
  return (
    <figure className="chart">
      <figcaption id={id}>{caption}</figcaption>
      <div ref={box} role="img" aria-labelledby={id} style={{ minHeight: bars.height }}>
        {seen ? (
          <Suspense fallback={<Waiting height={bars.height} />}>
            <Bars {...bars} />
          </Suspense>
        ) : (
          <Waiting height={bars.height} />
        )}
      </div>
      <Anchor component="button" type="button" size="sm" aria-expanded={open} onClick={toggle}>
        {open ? "Hide the figures" : "Show the figures as a table"}
      </Anchor>
      {open ? <div ref={shown}>{figures}</div> : <VisuallyHidden>{figures}</VisuallyHidden>}
    </figure>
  );
}

function FiguresTable({ table, caption }: { table: FigureTable; caption: string }) {
  return (
    <Table mt="xs" horizontalSpacing="xs">
      <Table.Caption>
        <VisuallyHidden>Figures: {caption}</VisuallyHidden>
      </Table.Caption>
      <Table.Thead>
        <Table.Tr>
          {table.heads.map((head) => (
            <Table.Th key={head} scope="col">
              {head}
            </Table.Th>
          ))}
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {table.rows.map(({ key, cells: [name, ...rest] }) => (
          <Table.Tr key={key}>
            <Table.Th scope="row" fw={500}>
              {name}
            </Table.Th>
            {rest.map((cell, index) => (
              <Table.Td key={table.heads[index + 1]}>{cell}</Table.Td>
            ))}
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

function Waiting({ height }: { height: number }) {
  return (
    <Center h={height}>
      <Loader size="sm" aria-hidden />
    </Center>
  );
}

/** True from the moment the element first came near the window. */
function useSeen() {
  const box = useRef<HTMLDivElement>(null);
  const [seen, setSeen] = useState(false);
  useEffect(() => {
    const element = box.current;
    if (!element || seen) return;
    const observer = new IntersectionObserver(
      (entries) => {
        if (entries.some((entry) => entry.isIntersecting)) setSeen(true);
      },
      { rootMargin: "100px" },
    );
    observer.observe(element);
    return () => observer.disconnect();
  }, [seen]);
  return [box, seen] as const;
}
