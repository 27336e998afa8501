import { type IdentityProviders, SignInPage } from '@backstage/core-components';
import { configApiRef, githubAuthApiRef, useApi } from '@backstage/frontend-plugin-api';
import type { SignInPageProps } from '@backstage/plugin-app-react';

const offered: Record<string, IdentityProviders> = {
  guest: ['guest'],
  github: [{ id: 'github', title: 'GitHub', message: 'Sign in with your GitHub account', apiRef: githubAuthApiRef }],
};

export function SignIn(props: SignInPageProps) {
  const signIn = useApi(configApiRef).getOptionalString('understudy.signIn') ?? 'none';
  const providers = offered[signIn] ?? [];
  const title = providers.length > 0 ? 'Sign in' : 'No way to sign in is configured';
  return <SignInPage {...props} title={title} providers={providers} />;
}
