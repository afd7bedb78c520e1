import type { Route } from "../routes";

export interface TourProps {
  step: Exclude<Route["id"], "write">;
  companyId: string | null;
  onCompany: (id: string | null) => void;
}

export default function TourPage({ step }: TourProps) {
  return <p>{step}</p>;
}
