import { Component, type ReactNode } from "react";
import { ApiError } from "../api/errors";
import { ErrorNotice } from "./ErrorNotice";

interface State {
  error: Error | null;
}

/** Keeps a failure of one page (a part that could not be loaded, a fault of ours) from blanking the whole. */
export class Boundary extends Component<{ children: ReactNode }, State> {
  override state: State = { error: null };

  static getDerivedStateFromError(error: Error): State {
    return { error };
  }

  override render() {
    if (!this.state.error) return this.props.children;
    const shown = new ApiError(
      "page",
      "This part of the page could not be shown.",
      "Reload the page: it may have been updated since you opened it.",
    );
    return (
      <ErrorNotice error={shown} retryLabel="Reload" onRetry={() => window.location.reload()} />
    );
  }
}
