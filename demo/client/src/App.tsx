import { AppShell, Center, Loader } from "@mantine/core";
import { useDisclosure, useHash } from "@mantine/hooks";
import { lazy, Suspense, useEffect, useState } from "react";
import { type Route, routeOf } from "./routes";
import { Boundary } from "./shell/Boundary";
import { Header } from "./shell/Header";
import { HealthNotice } from "./shell/HealthNotice";
import { StepNav } from "./shell/StepNav";
import { useGeneration } from "./write/useGeneration";
import { WritePage } from "./write/WritePage";

const TourPage = lazy(() => import("./tour/TourPage"));

/** Frame of the page. What was chosen and written lives here, so that a look at the tour does not lose it. */
export function App() {
  const [hash] = useHash({ getInitialValueInEffect: false });
  const route = routeOf(hash);
  const [menuOpen, menu] = useDisclosure(false);
  const [companyId, setCompanyId] = useState<string | null>(null);
  const generation = useGeneration();
  useTitle(route);

  return (
    <>
      {/* A button, not a link: the address's hash names the page here. */}
      <button
        type="button"
        className="skip-link"
        onClick={() => document.querySelector<HTMLElement>("h1")?.focus()}
      >
        Skip to the page
      </button>
      <AppShell
        header={{ height: 60 }}
        navbar={{ width: 250, breakpoint: "sm", collapsed: { mobile: !menuOpen } }}
        padding={{ base: "md", md: "lg" }}
      >
        <Header menuOpen={menuOpen} onMenu={menu.toggle} />
        <StepNav current={route} onChoose={menu.close} />
        <AppShell.Main id="main">
          <HealthNotice />
          <Boundary key={route.id}>
            {route.id === "write" ? (
              <WritePage companyId={companyId} onCompany={setCompanyId} generation={generation} />
            ) : (
              <Suspense fallback={<Loading />}>
                <TourPage step={route.id} companyId={companyId} onCompany={setCompanyId} />
              </Suspense>
            )}
          </Boundary>
        </AppShell.Main>
      </AppShell>
    </>
  );
}

function Loading() {
  return (
    <Center mih={240} role="status" aria-label="Loading the page">
      <Loader />
    </Center>
  );
}

function useTitle(route: Route) {
  useEffect(() => {
    document.title = `${route.title} · MLflow demo`;
  }, [route]);
}
