import { Sidebar, SidebarDivider, SidebarItem, SidebarSpace } from '@backstage/core-components';
import type { NavContentComponentProps, NavContentNavItem } from '@backstage/plugin-app-react';
import { RunningVersion } from '../version/RunningVersion';

function NavItem({ href, icon, title }: NavContentNavItem) {
  return <SidebarItem to={href} icon={() => icon} text={title} />;
}

export function Nav({ navItems }: NavContentComponentProps) {
  const nav = navItems.withComponent(NavItem);
  const search = nav.take('page:search');
  const settings = nav.take('page:user-settings');
  return (
    <Sidebar>
      {search}
      <SidebarDivider />
      {nav.rest({ sortBy: 'title' })}
      <SidebarSpace />
      <SidebarDivider />
      {settings}
      <RunningVersion />
    </Sidebar>
  );
}
