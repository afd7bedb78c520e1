import "@mantine/charts/styles.css";
import { BarChart } from "@mantine/charts";

export interface BarsProps {
  data: Record<string, string | number | null>[];
  /** Key of the value that names a bar. */
  dataKey: string;
  series: { name: string; color: string }[];
  height: number;
  /** Bars from left to right: for names that are words. */
  sideways?: boolean;
  /** Upper end of the scale; without it the largest value. */
  max?: number;
  format: (value: number) => string;
}

/** Bars, by the chart library. Imported only through Figure, which loads it when it is looked at. */
export default function Bars({
  data,
  dataKey,
  series,
  height,
  sideways = false,
  max,
  format,
}: BarsProps) {
  const scale = { domain: [0, max ?? "auto"] as [number, number | "auto"], tickCount: 5 };
  return (
    <BarChart
      h={height}
      data={data}
      dataKey={dataKey}
      series={series}
      orientation={sideways ? "vertical" : "horizontal"}
      gridAxis={sideways ? "y" : "x"}
      {...(sideways
        ? { xAxisProps: scale, yAxisProps: { width: 110 } }
        : { yAxisProps: { ...scale, width: 56 } })}
      withLegend={series.length > 1}
      // In the order of the bars; the library would sort them by name.
      legendProps={{ verticalAlign: "top", height: 36, itemSorter: null }}
      valueFormatter={format}
      barProps={{ isAnimationActive: false, radius: 3 }}
      maxBarWidth={28}
      // The figure is one picture with a name, and has a table: nothing inside it takes the focus.
      barChartProps={{ accessibilityLayer: false }}
      aria-hidden
    />
  );
}
