import { createApp } from '@backstage/frontend-defaults';
import { createFrontendModule } from '@backstage/frontend-plugin-api';
import { NavContentBlueprint, SignInPageBlueprint } from '@backstage/plugin-app-react';
import { Nav } from './nav/Nav';

const shell = createFrontendModule({
  pluginId: 'app',
  extensions: [
    NavContentBlueprint.make({ params: { component: Nav } }),
    SignInPageBlueprint.make({
      params: { loader: async () => (await import('./signIn/SignIn')).SignIn },
    }),
  ],
});

/** The plugins are the ones in package.json: see `app.packages` in app-config.yaml. */
export const app = createApp({ features: [shell] });
