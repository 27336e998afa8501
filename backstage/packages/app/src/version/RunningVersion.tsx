import { SidebarItem } from '@backstage/core-components';
import { discoveryApiRef, fetchApiRef, useApi } from '@backstage/frontend-plugin-api';
import InfoIcon from '@material-ui/icons/InfoOutlined';
import { useEffect, useState } from 'react';

interface Version {
  readonly version: string;
  readonly backstageVersion: string;
}

/** Asks again now and then: during a release, another version may answer than the one that served this page. */
const ASK_EVERY_MS = 30_000;

export function RunningVersion() {
  const discovery = useApi(discoveryApiRef);
  const { fetch } = useApi(fetchApiRef);
  const [running, setRunning] = useState<Version>();

  useEffect(() => {
    const ask = async () => {
      const response = await fetch(`${await discovery.getBaseUrl('understudy')}/version`);
      if (response.ok) setRunning(await response.json());
    };
    // The footer shows the last known version: the page itself tells of an outage soon enough.
    const quietly = () => void ask().catch(() => {});
    quietly();
    const timer = setInterval(quietly, ASK_EVERY_MS);
    return () => clearInterval(timer);
  }, [discovery, fetch]);

  if (!running) return null;
  return (
    <SidebarItem
      icon={InfoIcon}
      text={running.version}
      title={`Version ${running.version} on Backstage ${running.backstageVersion}`}
      to="/settings"
    />
  );
}
